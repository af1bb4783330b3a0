/// One device of an agent, as GWS keeps it: its agent's state, what it does with calls, and whom it watches.
///
/// A value without a clock or a socket; the simulator tells the agent's sessions what has become of it. The calls
/// at a device are ``Switchboard``'s.
package struct DeviceModel: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case active = "Active"
        case inactive = "Inactive"
    }

    /// GWS takes it that a device in the public network cannot be made to answer.
    package enum Network: String, Sendable, Hashable {
        case `private` = "Private"
        case `public` = "Public"
    }

    package let id: String
    package let phoneNumber: String
    package let telephonyNetwork: Network
    package var deviceState = State.active
    package var userState: UserState
    package var doNotDisturb = false
    /// The number to which calls are sent on; nil if they are not.
    package var forwardTo: String?
    package var monitoring: Monitoring?

    package init(
        id: String, phoneNumber: String, telephonyNetwork: Network = .private, userState: UserState = .ready
    ) {
        self.id = id
        self.phoneNumber = phoneNumber
        self.telephonyNetwork = telephonyNetwork
        self.userState = userState
    }

    /// What may be asked of it now.
    package func capabilities(maySupervise: Bool) -> [String] {
        guard deviceState == .active else { return [] }
        var names = [
            forwardTo == nil ? "ForwardCallsOn" : "ForwardCallsOff",
            doNotDisturb ? "DoNotDisturbOff" : "DoNotDisturbOn",
        ]
        if maySupervise {
            names += monitoring == nil ? ["ListenIn", "Coach", "BargeIn"] : ["CancelSupervisorMonitoring"]
        }
        return names
    }

    /// Members in the order in which GWS 8.5.202 sends them.
    package func resource(baseURL: String, maySupervise: Bool) -> JSON {
        var members: [JSON.Member] = [
            .init("id", .string(id)),
            .init("deviceState", .string(deviceState.rawValue)),
            .init("userState", userState.resource),
            .init("phoneNumber", .string(phoneNumber)),
            .init("description", ""),
            .init("e164Number", ""),
            .init("telephonyNetwork", .string(telephonyNetwork.rawValue)),
            .init("doNotDisturb", doNotDisturb ? "On" : "Off"),
        ]
        if let forwardTo { members.append(.init("forwardTo", .string(forwardTo))) }
        members += [
            .init(
                "voiceEnvironmentUri",
                .string("\(baseURL)/voice-environments/2f9b4f4e-0a54-4c9a-8d0a-3a1d9c1f6f01")),
            .init("capabilities", .array(capabilities(maySupervise: maySupervise).map(JSON.string))),
        ]
        if let monitoring {
            members.append(.init("supervisorMonitoringState", monitoring.resource(baseURL: baseURL)))
        }
        members += [.init("channels", ["voice"]), .init("dynamicPhoneNumber", "")]
        return .object(members)
    }
}

extension DeviceModel {
    /// How the device takes part in the calls of another.
    package struct Monitoring: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable {
            case listenIn = "ListenIn"
            case coach = "Coach"
            case bargeIn = "BargeIn"
        }

        /// Only the next call of the target, or all until it is cancelled.
        package enum Mode: String, Sendable, Hashable {
            case nextCall = "NextCall"
            case allCalls = "AllCalls"
        }

        /// Until the target leaves the call, or until the call ends.
        package enum Scope: String, Sendable, Hashable {
            case agent = "Agent"
            case call = "Call"
        }

        package var kind: Kind
        package var mode: Mode
        package var scope: Scope
        package var targetDeviceID: String

        package init(_ kind: Kind, of device: String, mode: Mode = .allCalls, scope: Scope = .call) {
            self.kind = kind
            self.mode = mode
            self.scope = scope
            targetDeviceID = device
        }

        func resource(baseURL: String) -> JSON {
            [
                "state": .string(kind.rawValue), "mode": .string(mode.rawValue),
                "scope": .string(scope.rawValue),
                "targetDeviceUri": .string("\(baseURL)/devices/\(targetDeviceID)"),
            ]
        }
    }
}
