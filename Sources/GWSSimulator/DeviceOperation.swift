/// What an agent asks of its device, read from the body of a POST to `/me/devices/{id}`.
package enum DeviceOperation: Sendable, Hashable {
    case forwardCallsOn(String)
    case forwardCallsOff
    case doNotDisturbOn, doNotDisturbOff
    case monitor(DeviceModel.Monitoring)
    case cancelSupervisorMonitoring

    package init(body: JSON) throws(Refusal) {
        let name = try body.operationName()
        switch name {
        case "ForwardCallsOn":
            // A plain string here, where a call's operations take an object.
            guard let destination = body["destination"] else { throw .missing("destination") }
            guard let number = destination.string, !number.isEmpty else { throw .invalid("destination") }
            self = .forwardCallsOn(number)
        case "ForwardCallsOff": self = .forwardCallsOff
        case "DoNotDisturbOn": self = .doNotDisturbOn
        case "DoNotDisturbOff": self = .doNotDisturbOff
        case "CancelSupervisorMonitoring": self = .cancelSupervisorMonitoring
        default:
            guard let kind = DeviceModel.Monitoring.Kind(rawValue: name) else {
                throw .unknownOperation(name)
            }
            self = .monitor(try DeviceModel.Monitoring(kind, body: body))
        }
    }

    package var name: String {
        switch self {
        case .forwardCallsOn: "ForwardCallsOn"
        case .forwardCallsOff: "ForwardCallsOff"
        case .doNotDisturbOn: "DoNotDisturbOn"
        case .doNotDisturbOff: "DoNotDisturbOff"
        case .monitor(let monitoring): monitoring.kind.rawValue
        case .cancelSupervisorMonitoring: "CancelSupervisorMonitoring"
        }
    }

    var isSupervision: Bool {
        switch self {
        case .monitor, .cancelSupervisorMonitoring: true
        case .forwardCallsOn, .forwardCallsOff, .doNotDisturbOn, .doNotDisturbOff: false
        }
    }
}

extension DeviceModel.Monitoring {
    fileprivate init(_ kind: Kind, body: JSON) throws(Refusal) {
        guard let target = body["targetDeviceUri"] else { throw .missing("targetDeviceUri") }
        guard let device = target.string.flatMap(Self.device) else { throw .invalid("targetDeviceUri") }
        self.init(
            kind, of: device, mode: try Self.choice("supervisorMonitoringMode", in: body) ?? .allCalls,
            scope: try Self.choice("supervisorMonitoringScope", in: body) ?? .call)
        // The number is the target device's, which its URI names already: it may be left out, not be wrong.
        if let number = body["phoneNumber"], number.string?.isEmpty != false { throw .invalid("phoneNumber") }
    }

    /// The id at the end of `…/devices/{id}`.
    private static func device(_ uri: String) -> String? {
        let parts = uri.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[parts.count - 2] == "devices", !parts.last!.isEmpty else { return nil }
        return String(parts.last!)
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ name: String, in body: JSON
    ) throws(Refusal) -> Choice? {
        guard let value = body[name] else { return nil }
        guard let choice = value.string.flatMap(Choice.init) else { throw .invalid(name) }
        return choice
    }
}
