package import AMQP

/// What the bridge wants on the broker: every exchange, queue and binding, with their arguments.
///
/// A queue's arguments are part of what it is: the broker refuses to declare it with others. So they hold what later
/// versions of the bridge rely on as well.
package struct BridgeTopology: Sendable {
    package let exchanges: [Exchange]
    package let queues: [Queue]
    package let bindings: [Binding]
    /// What the operator has and the bridge only refers to. It is looked for, and never declared: its kind, and where
    /// it leads, are not ours to say.
    package let foreignExchanges: [String]

    /// - Parameter shards: with several, each agent is bound to its own beside; see ``binding(of:to:names:)``.
    package init(
        names: Names, deliveryLimit: Int, shards: Shards = Shards(1),
        events: BridgeConfiguration.Events = .init()
    ) {
        foreignExchanges = [events.alternateExchange].compactMap(\.self)
        exchanges = [
            Exchange(
                name: names.commands, kind: .topic,
                arguments: ["alternate-exchange": .string(names.undelivered)]),
            Exchange(name: names.undelivered, kind: .fanout),
            Exchange(
                name: names.events, kind: .topic,
                arguments: FieldTable(
                    foreignExchanges.map { ("alternate-exchange", FieldValue.string($0)) })),
            Exchange(name: names.outcomes, kind: .topic),
            Exchange(name: names.deadLetters, kind: .topic),
        ]
        // From the last to the first: where the first is there all are.
        queues =
            shards.all.reversed().map {
                Queue(
                    name: names.commands(of: $0, shards),
                    arguments: Self.quorum(
                        deliveryLimit: deliveryLimit, deadLettersTo: names.undelivered, isSingleActive: true))
            } + [
                Queue(
                    name: names.undelivered,
                    arguments: Self.quorum(
                        deliveryLimit: deliveryLimit, deadLettersTo: names.deadLetters,
                        as: "unknown.delivery-limit",
                        isSingleActive: true)),
                // To look at a dead letter is to have it delivered and put back. RabbitMQ 4 lets a queue without a limit of
                // its own throw it away after the twentieth time.
                Queue(
                    name: names.deadLetters,
                    arguments: ["x-queue-type": "quorum", "x-delivery-limit": 1_000_000_000]),
            ]
            + [events.stream].compactMap(\.self).map {
                Queue(name: names.eventStream, arguments: Self.stream($0))
            }
        bindings =
            shards.all.map {
                Binding(
                    source: names.commands, destination: .queue(names.commands(of: $0, shards)),
                    routingKey: shards.count == 1 ? "#" : Marker.routingKey(of: $0))
            } + [
                Binding(source: names.undelivered, destination: .queue(names.undelivered)),
                Binding(source: names.deadLetters, destination: .queue(names.deadLetters), routingKey: "#"),
            ]
            + [events.stream].compactMap(\.self).map { _ in
                Binding(source: names.events, destination: .queue(names.eventStream), routingKey: "#")
            }
    }

    /// What brings an agent's commands to the queue of its shard; nil with one shard, which gets all, and for a name that
    /// no key can hold: such commands come by ``Names/undelivered``.
    package static func binding(of agent: String, to shards: Shards, names: Names) -> Binding? {
        let key = "command.\(RoutingKey.encode(agent)).#"
        guard shards.count > 1, key.utf8.count <= RoutingKey.longest else { return nil }
        return Binding(
            source: names.commands,
            destination: .queue(names.commands(of: shards.shard(of: agent), shards)), routingKey: key)
    }

    /// The broker drops whole segments, and looks for those that are too old or too many only when a new one begins. In
    /// segments of its own choice, 500 MB each, a bridge with few events would keep them for years.
    private static func stream(_ stream: BridgeConfiguration.Events.Stream) -> FieldTable {
        let (seconds, rest) = stream.maxAge.components
        return [
            "x-queue-type": "stream",
            "x-max-age": .string("\(seconds + (rest > 0 ? 1 : 0))s"),
            "x-max-length-bytes": .int64(stream.maxSize),
            "x-stream-max-segment-size-bytes": .int64(min(max(stream.maxSize / 1000, 65_536), 500_000_000)),
        ]
    }

    /// - Parameters:
    ///   - deliveryLimit: positive, and always there: without one a quorum queue puts a returned command behind the
    ///     others of its call, and one that crashes its consumer circles for ever.
    ///   - routingKey: under which it is dead-lettered; its own if nil.
    private static func quorum(
        deliveryLimit: Int, deadLettersTo exchange: String, as routingKey: String? = nil, isSingleActive: Bool
    ) -> FieldTable {
        var arguments: FieldTable = [
            "x-queue-type": "quorum",
            "x-single-active-consumer": .bool(isSingleActive),
            "x-delivery-limit": .int64(Int64(deliveryLimit)),
            "x-dead-letter-exchange": .string(exchange),
            // The source keeps the message until the target has it. It needs the overflow to be this.
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        ]
        arguments["x-dead-letter-routing-key"] = routingKey.map(FieldValue.string)
        return arguments
    }
}
