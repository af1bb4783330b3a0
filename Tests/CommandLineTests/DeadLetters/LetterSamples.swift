import AMQP
import Bridge

@testable import gws_bridge

extension AMQPMessage {
    /// A dead letter with what the bridge adds.
    static func deadLetter(
        _ id: String?, prefix: String = "gws", call: String? = "00RV", agent: String? = "5001",
        operation: String = "Hold", reason: String = "unavailable", detail: String? = "HTTP 503",
        failedAt: Int64 = 1_005, replays: Int64 = 0, exchange: String? = nil, routingKey: String? = nil,
        body: [UInt8]? = nil
    ) -> AMQPMessage {
        let members = [("agent", agent), ("callId", call), ("operationName", operation)].compactMap {
            name, value in value.map { (name, JSON.quote($0)) }
        }
        var headers: FieldTable = [
            "gws-outcome": "unreachable", "gws-reason": .string(reason), "gws-attempts": 3,
            "gws-first-failed-at": .int64(failedAt), "gws-replay-count": .int64(replays),
            "x-original-exchange": .string(exchange ?? "\(prefix).commands"),
            "x-original-routingKey": .string(routingKey ?? "command.\(agent ?? "-").\(operation)"),
        ]
        headers["gws-command-id"] = id.map(FieldValue.string)
        headers["gws-detail"] = detail.map(FieldValue.string)
        return AMQPMessage(
            exchange: "\(prefix).dead-letters", routingKey: "unreachable.\(reason)", isMandatory: true,
            properties: Properties(headers: headers, deliveryMode: 2, messageID: id),
            body: body ?? Array(JSON.object(members).utf8))
    }
}

extension Letter {
    init(_ message: AMQPMessage) { self.init(message, names: Names(prefix: "gws")) }
}
