import AMQP
import TestSupport
import Testing

@testable import Bridge

/// What the broker makes of commands that it delivers to nobody.
@Suite(.timeLimit(.minutes(2)))
struct UndeliveredQueueTests {
    private static let hold = Array(#"{"agent":"5001","callId":"00RV","operationName":"Hold"}"#.utf8)

    /// With the bridge's own topology, of a bridge that serves 5001 and gives a command up after two more deliveries.
    private func withTopology(
        _ body: (AMQPConnection, Names) async throws -> Void
    ) async throws {
        let names = Names(prefix: uniqueName("undelivered"))
        let broker = try await PrivateBroker.shared.broker()
        try await AMQPConnection.withConnection(to: broker, name: "test", logger: .silent) { connection in
            try await BridgeTopology(names: names, deliveryLimit: 2).settle(on: connection, .declare)
            try await body(connection, names)
        }
    }

    /// What comes next to the queue of the undelivered.
    private func next(_ connection: AMQPConnection, _ names: Names) async throws -> (AMQPMessage, Undelivered)
    {
        let consumer = try await connection.consume(names.undelivered, prefetch: 1)
        let message = try await first(of: consumer, "an undelivered command")
        let decoder = CommandDecoder(agents: ["5001"])
        return (message, Undelivered(message, decoder: decoder, names: names))
    }

    private func first(of consumer: Consumer, _ what: String) async throws -> AMQPMessage {
        let batch = try await within(.seconds(20), what) {
            var iterator = consumer.makeAsyncIterator()
            return try await iterator.next()
        }
        return try #require(batch?.first).message
    }

    private func command(
        _ names: Names, key: String = "command.5001.Hold", headers: FieldTable = [:],
        expiration: String? = nil
    ) -> AMQPMessage {
        AMQPMessage(
            exchange: names.commands, routingKey: key,
            properties: Properties(
                headers: headers, deliveryMode: 2, expiration: expiration, messageID: "c1"),
            body: Self.hold)
    }

    @Test func `a command that expired in the queue is told from others`() async throws {
        try await withTopology { connection, names in
            #expect(await connection.publish(command(names, expiration: "1")) == .confirmed)
            let (_, undelivered) = try await next(connection, names)
            guard case .ended(let outcome) = undelivered.fate else {
                Issue.record("\(undelivered)")
                return
            }
            #expect(outcome.reason == "queue-ttl")
            #expect(undelivered.original.exchange == names.commands)
            #expect(undelivered.original.routingKey == "command.5001.Hold")
            #expect(undelivered.original.properties.expiration == "1")
        }
    }

    @Test func `a death that the producer made up does not say where the command came from`() async throws {
        try await withTopology { connection, names in
            let forged: FieldValue = [
                [
                    "queue": .string(names.commands), "reason": "expired", "count": 1,
                    "exchange": .string(names.events), "routing-keys": ["call.FAKE.Forged"],
                ]
            ]
            let command = command(names, headers: ["x-death": forged], expiration: "1")
            #expect(await connection.publish(command) == .confirmed)
            let (message, undelivered) = try await next(connection, names)
            let noted = message.properties.headers["x-death"]?.array?.first?.table?["exchange"]
            #expect(noted?.string == names.events, "the broker no longer keeps what is there")
            #expect(undelivered.original.exchange == names.commands)
        }
    }

    @Test func `a command that nobody settled is told from others`() async throws {
        try await withTopology { connection, names in
            #expect(await connection.publish(command(names)) == .confirmed)
            let taker = try await connection.consume(names.commands, prefetch: 1)
            async let taken: Void = {
                for try await batch in taker { for delivery in batch { delivery.reject(requeue: true) } }
            }()
            let (_, undelivered) = try await next(connection, names)
            try await taker.cancel()
            try await taken
            guard case .ended(let outcome) = undelivered.fate else {
                Issue.record("\(undelivered)")
                return
            }
            #expect(outcome.reason == "delivery-limit")
            #expect(undelivered.address == Address(agent: "5001", operationName: "Hold"))
            #expect(undelivered.original.exchange == names.commands)
        }
    }

    @Test func `a command that was not routed is, under the right key`() async throws {
        try await withTopology { connection, names in
            let all = Binding(source: names.commands, destination: .queue(names.commands), routingKey: "#")
            let own = Binding(
                source: names.commands, destination: .queue(names.commands), routingKey: "command.5001.#")
            try await connection.unbind(all)
            try await connection.bind(own)
            #expect(await connection.publish(command(names, key: "whatever")) == .confirmed)
            let (message, undelivered) = try await next(connection, names)
            #expect(message.exchange == names.commands)
            guard case .reroute(let rerouted) = undelivered.fate else {
                Issue.record("\(undelivered)")
                return
            }
            #expect(await connection.publish(rerouted) == .confirmed)
            let taker = try await connection.consume(names.commands, prefetch: 1)
            let body = try await first(of: taker, "the command").body
            #expect(body == Self.hold)
        }
    }
}
