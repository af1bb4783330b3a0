import AMQP
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
