import AMQP
import Bridge
import Foundation

extension CommandMessage {
    /// Which replies to ask for, as the header `gws-reply` has it.
    enum Reply: String, Sendable, CaseIterable {
        case final, accepted, both
    }

    /// - Parameter id: Of the command, and of its replies.
    func message(
        prefix: String, reply: Reply, id: String = UUID().uuidString.lowercased()
    ) throws(CommandFailure) -> AMQPMessage {
        // Without an agent the key names none, and the bridge takes the only one that it has.
        let key =
            agent.map { "command.\(RoutingKey.encode($0)).\(RoutingKey.encode(operation))" } ?? "command"
        let properties = Properties(
            contentType: "application/json",
            headers: ["gws-reply": .string(reply.rawValue)],
            deliveryMode: 2,
            correlationID: id,
            messageID: id,
            appID: "gws-bridge/\(Bridge.version)"
        )
        return AMQPMessage(
            exchange: "\(prefix).commands", routingKey: key, isMandatory: true, properties: properties,
            body: try body())
    }
}
