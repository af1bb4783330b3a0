import AMQP
import Foundation
import GWS
import RawJSON

@testable import Bridge

extension Names {
    static let sample = Names(prefix: "gws", version: "1.2.3")
}

extension Envelope {
    /// Arrived at 1000 s, with a lifetime of a minute.
    static func sample(
        _ properties: Properties = Properties(messageID: "c1"), madeUpID: String = "made-up",
        address: Address = Address()
    ) -> Envelope {
        var envelope = Envelope(
            properties, arrivedAt: 1_000_000, arrival: .now, lifetime: 60_000, madeUpID: madeUpID)
        envelope.address = address
        return envelope
    }
}

extension OperationDraft {
    static func sample(_ name: String, call: String) -> OperationDraft {
        let object = try? RawJSON(Array(#"{"operationName":"\#(name)"}"#.utf8))
        guard let object else { preconditionFailure("a name needs no escapes") }
        return OperationDraft(
            name: name, path: OperationDefinition.Target.call.path, callID: call, object: object)
    }
}

extension OperationDefinition {
    /// A command that is right, with all parameters as their examples have them.
    ///
    /// - Parameter changes: Members to put in place of others, or to leave out.
    func sampleCommand(_ changes: [String: String?] = [:]) -> [UInt8] {
        var members = [
            ("agent", #""5001""#), ("callId", #""00RV""#), ("deviceId", #""55b8""#),
            ("operationName", "\"\(name)\""),
        ]
        members += parameters.map { ($0.name, $0.example) }
        let added = changes.keys.filter { key in !members.contains { $0.0 == key } }.sorted()
        members += added.map { ($0, "") }
        let text = members.compactMap { key, value -> String? in
            guard let value = changes[key] ?? value else { return nil }
            return "\"\(key)\":\(value)"
        }
        return Array("{\(text.joined(separator: ","))}".utf8)
    }
}

extension AMQPMessage {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawJSON {
    static func sample(_ text: String) -> RawJSON {
        let json = try? RawJSON(Array(text.utf8))
        guard let json else { preconditionFailure("a sample is JSON: \(text)") }
        return json
    }
}

extension GWS.Notification {
    /// A call in a state, with other members that begin with a comma.
    static func call(
        _ id: String = "A", _ state: String, type: String = "StatusChange", _ more: String = "",
        at receivedAt: Int64 = 1_000_000
    ) -> GWS.Notification {
        sample(
            """
            {"data":{"messageType":"CallStateChangeMessage","notificationType":"\(type)",
            "call":{"id":"\(id)","state":"\(state)"\(more)}},"channel":"/v2/me/calls"}
            """, channel: "/v2/me/calls", at: receivedAt)
    }

    /// Devices with an agent's state each.
    static func devices(_ states: KeyValuePairs<String, String>) -> GWS.Notification {
        let list = states.map { #"{"id":"\#($0)","userState":{"state":"\#($1)"}}"# }.joined(separator: ",")
        return sample(
            #"{"data":{"messageType":"DeviceStateChangeMessage","devices":[\#(list)]}}"#,
            channel: "/v2/me/devices")
    }

    /// - Parameter names: members that say what it is about; they begin with a comma.
    static func failure(
        _ names: String = "", on topic: String = "calls", at receivedAt: Int64 = 1_000_000
    ) -> GWS.Notification {
        sample(
            #"{"data":{"messageType":"ErrorMessage"\#(names)}}"#, channel: "/v2/me/\(topic)", at: receivedAt)
    }

    static func failure(ofCall id: String, at receivedAt: Int64 = 1_000_000) -> GWS.Notification {
        failure(#","errorMessage":"no","callUri":"http://gws/api/v2/me/calls/\#(id)""#, at: receivedAt)
    }

    private static func sample(_ text: String, channel: String, at receivedAt: Int64 = 1_000_000) -> Self {
        GWS.Notification(.sample(text), channel: channel, receivedAt: receivedAt)
    }
}

extension ExpectedChange {
    /// What is expected of an operation of the catalogue.
    static func sample(
        _ name: String, call: String? = "A", device: String? = nil, _ operation: String = "{}",
        before: String? = nil, knownCalls: Set<String> = [], id: String = UUID().uuidString
    ) -> ExpectedChange {
        guard let change = OperationCatalogue.named(name)?.stateChange else {
            preconditionFailure("an operation that can be seen")
        }
        return ExpectedChange(
            Expectations.Cause(commandID: id, traceparent: nil), change: change,
            operation: .sample(operation), callID: call, deviceID: device, before: before.map(RawJSON.sample),
            knownCalls: knownCalls)
    }

    static func dial(_ number: String, knownCalls: Set<String> = []) -> ExpectedChange {
        sample(
            "Dial", call: nil, device: "d", #"{"destination":{"phoneNumber":"\#(number)"}}"#,
            knownCalls: knownCalls)
    }
}

extension CommandCourse.Plan {
    /// Five seconds for the change, a minute to send it in.
    static func sample(
        isVisible: Bool = true, isRepeatable: Bool = false, confirms: Bool = true,
        confirmWithin: Int64 = 5000,
        settleWithin: Int64 = 5000, deadline: Int64 = 60_000, hasOwnDeadline: Bool = true, end: Int64 = .max
    ) -> CommandCourse.Plan {
        CommandCourse.Plan(
            isVisible: isVisible, isRepeatable: isRepeatable, confirms: confirms,
            confirmWithin: confirmWithin,
            settleWithin: settleWithin, deadline: deadline, hasOwnDeadline: hasOwnDeadline, end: end)
    }
}

extension Completion.Look {
    static let asWanted = seen(shows: true, isAsBefore: false, isOver: false, nil)
    static let asBefore = seen(shows: false, isAsBefore: true, isOver: false, .sample)
    static let otherwise = seen(shows: false, isAsBefore: false, isOver: false, .sample)
    static let over = seen(
        shows: false, isAsBefore: false, isOver: true, CommandOutcome.CallGlimpse(state: "Released"))
}

extension CommandOutcome.CallGlimpse {
    static let sample = CommandOutcome.CallGlimpse(state: "Established")
}

extension Sighting {
    static let change = changed(messageID: "5001/e/1", notificationType: "StatusChange", already: false)
}
