import AMQP
import GWS
import GWSSimulator
import RawJSON
import TestSupport

/// What has to be so before an operation can be done, and what the operation is then about.
struct Situation: Sendable {
    var callID: String?
    var deviceID: String
    /// Parameters that must fit the situation, JSON.
    var parameters: [String: String] = [:]
    /// The call before the operation, where that matters.
    var stateBefore: RawJSON?

    // MARK: The command

    func command(_ operation: OperationDefinition) -> [UInt8] {
        var address = #""agent":"5001","#
        switch operation.target {
        case .call: address += #""callId":"\#(callID ?? "")","#
        case .device: address += #""deviceId":"\#(deviceID)","#
        case .voiceChannel, .session: break
        }
        return Array(("{" + address + body(of: operation).dropFirst()).utf8)
    }

    /// The operation object, as GWS gets it.
    func body(of operation: OperationDefinition) -> String {
        var body = #"{"operationName":"\#(operation.name)""#
        for parameter in operation.parameters {
            body += ",\"\(parameter.name)\":" + (parameters[parameter.name] ?? parameter.example)
        }
        return body + "}"
    }

    // MARK: What is to be seen

    /// As the documentation prints it, and not as the catalogue says: one of them may be wrong.
    func path(of operation: OperationDefinition) -> String {
        switch (operation.name, operation.target) {
        case ("Dial", _): "/api/v2/me/devices/\(deviceID)/calls"
        case (_, .call): "/api/v2/me/calls/\(callID ?? "")"
        case (_, .device): "/api/v2/me/devices/\(deviceID)"
        case (_, .voiceChannel): "/api/v2/me/channels/voice"
        case (_, .session): "/api/v2/me"
        }
    }

    func outcomeKey(of operation: OperationDefinition) -> String {
        switch operation.target {
        case .call:
            "call.\(callID ?? "").\(operation.name).\(operation.stateChange == nil ? "accepted" : "confirmed")"
        case .device:
            "device.\(deviceID).\(operation.name).\(operation.stateChange == nil ? "accepted" : "confirmed")"
        case .voiceChannel, .session:
            "agent.5001.\(operation.name).\(operation.stateChange == nil ? "accepted" : "confirmed")"
        }
    }

    /// - Parameter newCall: The id of the call that began with the operation.
    func eventKey(of change: StateChange, _ newCall: String?) -> String {
        switch change.subject {
        case .call, .consultCall: "call.\(callID ?? "").\(change.notification)"
        case .newCall: "call.\(newCall ?? "").\(change.notification)"
        case .device: "device.\(deviceID).\(change.notification)"
        }
    }

    /// The call or the device that the operation is about, if the notification is about that.
    func resource(in notification: String, subject: StateChange.Subject) -> RawJSON? {
        // What is no JSON has no resource.
        let json = try? RawJSON(Array(notification.utf8), limits: .init(allowsDuplicateKeys: true))
        guard let data = json?["data"] else { return nil }
        switch subject {
        case .newCall: return data["call"]
        case .call, .consultCall:
            guard let call = data["call"], call["id"]?.string == callID else { return nil }
            return call
        case .device: return data["devices"]?.elements.first { $0["id"]?.string == deviceID }
        }
    }
}

extension AMQPMessage {
    var text: String { String(decoding: body, as: UTF8.self) }
}
