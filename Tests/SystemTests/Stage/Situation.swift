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
        case .call: "call.\(callID ?? "").\(operation.name).accepted"
        case .device: "device.\(deviceID).\(operation.name).accepted"
        case .voiceChannel, .session: "agent.5001.\(operation.name).accepted"
        }
    }

    func isAboutSubject(of change: StateChange, _ message: AMQPMessage) -> Bool {
        switch change.subject {
        case .call, .consultCall: message.routingKey == "call.\(callID ?? "").\(change.notification)"
        case .newCall:
            message.routingKey.hasPrefix("call.") && message.routingKey.hasSuffix(".\(change.notification)")
        case .device: message.routingKey == "device.\(deviceID).\(change.notification)"
        }
    }

    func resource(in message: AMQPMessage) -> RawJSON? {
        // A body that is no JSON has no resource.
        guard let data = try? RawJSON(message.body, limits: .init(allowsDuplicateKeys: true))["data"] else {
            return nil
        }
        return data["call"] ?? data["devices"]?.elements.first { $0["id"]?.string == deviceID }
    }
}

extension AMQPMessage {
    var text: String { String(decoding: body, as: UTF8.self) }
}
