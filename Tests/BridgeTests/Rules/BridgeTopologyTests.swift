import AMQP
import Bridge
import Testing

struct BridgeTopologyTests {
    private let topology = BridgeTopology(names: .sample, deliveryLimit: 10)

    private func arguments(_ queue: String) throws -> FieldTable {
        try #require(topology.queues.first { $0.name == queue }).arguments
    }

    @Test func `the exchanges are the contract's`() {
        #expect(
            topology.exchanges.map { [$0.name, $0.kind.name] } == [
                ["gws.commands", "topic"], ["gws.commands.undelivered", "fanout"], ["gws.events", "topic"],
                ["gws.outcomes", "topic"], ["gws.dead-letters", "topic"],
            ])
    }

    @Test func `everything outlives the broker's restart and its users`() {
        #expect(topology.exchanges.allSatisfy { $0.durable && !$0.autoDelete && !$0.internal })
        #expect(topology.queues.allSatisfy { $0.durable && !$0.autoDelete && !$0.exclusive })
    }

    @Test func `a command that no queue is bound for is kept`() {
        let commands = topology.exchanges.first { $0.name == "gws.commands" }
        #expect(commands?.arguments == ["alternate-exchange": "gws.commands.undelivered"])
    }

    @Test func `commands have one consumer at a time and a limit to their deliveries`() throws {
        #expect(
            try arguments("gws.commands") == [
                "x-queue-type": "quorum", "x-single-active-consumer": true, "x-delivery-limit": 10,
                "x-dead-letter-exchange": "gws.commands.undelivered",
                "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
            ])
    }

    @Test func `what nobody can deliver ends in the dead letters with its reason`() throws {
        #expect(
            try arguments("gws.commands.undelivered") == [
                "x-queue-type": "quorum", "x-single-active-consumer": true, "x-delivery-limit": 10,
                "x-dead-letter-exchange": "gws.dead-letters",
                "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
                "x-dead-letter-routing-key": "unknown.delivery-limit",
            ])
    }

    @Test func `each of several shards has a queue like the one, from the last to the first`() throws {
        let several = BridgeTopology(names: .sample, deliveryLimit: 10, shards: Shards(3))
        let queues = several.queues.filter { $0.name.hasPrefix("gws.commands.") && $0.name.count == 14 }
        #expect(queues.map(\.name) == ["gws.commands.2", "gws.commands.1", "gws.commands.0"])
        #expect(queues.allSatisfy { $0.arguments == (try? arguments("gws.commands")) })
        #expect(!several.queues.contains { $0.name == "gws.commands" })
        #expect(
            several.bindings.filter { $0.source == "gws.commands" }.map(\.routingKey)
                == ["shard.0", "shard.1", "shard.2"])
    }

    @Test func `an agent is bound to the queue of its shard where there are several`() {
        let binding = BridgeTopology.binding(of: "5001", to: Shards(4), names: .sample)
        #expect(
            binding
                == Binding(
                    source: "gws.commands", destination: .queue("gws.commands.2"),
                    routingKey: "command.5001.#"))
        #expect(BridgeTopology.binding(of: "5001", to: Shards(1), names: .sample) == nil)
    }

    @Test func `an agent's name binds nobody else`() {
        let binding = BridgeTopology.binding(of: "a.*#", to: Shards(4), names: .sample)
        #expect(binding?.routingKey == "command.a%2E%2A%23.#")
        let long = String(repeating: "#", count: 90)
        #expect(BridgeTopology.binding(of: long, to: Shards(4), names: .sample) == nil)
    }

    @Test func `a dead letter may be looked at very often`() throws {
        let limit = try #require(try arguments("gws.dead-letters")["x-delivery-limit"]?.int)
        #expect(limit > 1_000_000)
        #expect(try arguments("gws.dead-letters")["x-queue-type"] == "quorum")
    }

    @Test func `each queue gets all of its exchange`() {
        #expect(
            topology.bindings == [
                Binding(source: "gws.commands", destination: .queue("gws.commands"), routingKey: "#"),
                Binding(
                    source: "gws.commands.undelivered", destination: .queue("gws.commands.undelivered")),
                Binding(source: "gws.dead-letters", destination: .queue("gws.dead-letters"), routingKey: "#"),
            ])
    }

    @Test func `an exchange that is referred to is declared`() {
        let exchanges = Set(topology.exchanges.map(\.name))
        let keys = ["alternate-exchange", "x-dead-letter-exchange"]
        let arguments = topology.exchanges.map(\.arguments) + topology.queues.map(\.arguments)
        let referred = arguments.flatMap { table in keys.compactMap { table[$0]?.string } }
        #expect(referred.count == 3)
        #expect(exchanges.isSuperset(of: referred))
    }
}
