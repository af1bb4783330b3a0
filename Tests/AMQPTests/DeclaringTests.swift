import AMQP
import TestSupport
import Testing

@Suite struct DeclaringTests {
    @Test func `a message takes the way that was bound, and no longer after unbinding`() async throws {
        try await withConnection { connection in
            let (first, second) = (uniqueName("topic"), uniqueName("fanout"))
            try await connection.declare(Exchange(name: first, kind: .topic, durable: false))
            try await connection.declare(
                Exchange(name: second, kind: .fanout, durable: false, internal: true))
            let queue = try await connection.temporaryQueue()
            let binding = Binding(source: first, destination: .exchange(second), routingKey: "call.*.Ringing")
            try await connection.bind(binding)
            try await connection.bind(Binding(source: second, destination: .queue(queue)))

            let message = AMQPMessage(
                exchange: first, routingKey: "call.17.Ringing", isMandatory: true, body: Array("ring".utf8))
            #expect(await connection.publish(message) == .confirmed)
            let taken = try await connection.take(queue)
            #expect(taken?.exchange == first)
            #expect(taken?.routingKey == "call.17.Ringing")

            try await connection.unbind(binding)
            #expect(await connection.publish(message) == .returned(code: 312, text: "NO_ROUTE"))
            try await connection.unbind(Binding(source: second, destination: .queue(queue)))
            try await connection.delete(exchange: first)
            try await connection.delete(exchange: second)
        }
    }

    @Test func `arguments of a binding are told to the broker`() async throws {
        try await withConnection { connection in
            let exchange = uniqueName("headers")
            try await connection.declare(
                Exchange(name: exchange, kind: .headers, durable: false, autoDelete: true))
            let queue = try await connection.temporaryQueue()
            try await connection.bind(
                Binding(
                    source: exchange, destination: .queue(queue),
                    arguments: ["x-match": "all", "agent": "5001", "count": 2]))
            for agent in ["5001", "5002"] {
                let properties = Properties(headers: ["agent": .string(agent), "count": 2])
                _ = await connection.publish(
                    AMQPMessage(
                        exchange: exchange, routingKey: "", properties: properties, body: Array(agent.utf8)))
            }
            #expect(try await connection.take(queue)?.text == "5001")
            #expect(try await connection.take(queue) == nil)
        }
    }

    @Test func `the broker names a queue that has no name`() async throws {
        try await withConnection { connection in
            let status = try await connection.declare(Queue(name: "", durable: false, exclusive: true))
            #expect(status.name.hasPrefix("amq.gen-"))
            #expect(status.messages == 0)
        }
    }

    @Test func `purging and deleting say how many messages went`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish([.to(queue), .to(queue), .to(queue)])
            #expect(try await connection.declare(Queue(name: queue), passively: true).messages == 3)
            #expect(try await connection.purge(queue: queue) == 3)
            _ = await connection.publish(.to(queue))
            #expect(try await connection.delete(queue: queue) == 1)
        }
    }

    @Test func `calls of many tasks are answered to their callers`() async throws {
        try await withConnection { connection in
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for _ in 0..<50 {
                    let name = uniqueName("one-of-many")
                    group.addTask {
                        (
                            name,
                            try await connection.declare(Queue(name: name, durable: false, exclusive: true))
                                .name
                        )
                    }
                }
                for try await (asked, answered) in group { #expect(asked == answered) }
            }
        }
    }

    @Test func `a queue with other arguments is refused as a matter of configuration`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue(arguments: ["x-max-length": 5])
            let error = try await amqpError {
                _ = try await connection.declare(
                    Queue(name: queue, durable: false, exclusive: true, arguments: ["x-max-length": 6]))
            }
            guard case .channelClosed(406, let text, "queue.declare") = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(text.contains("inequivalent arg 'x-max-length'"))
            #expect(error?.remedy == .changeConfiguration)
        }
    }

    @Test func `a queue that is not there is told from one that is`() async throws {
        try await withConnection { connection in
            let error = try await amqpError {
                _ = try await connection.declare(Queue(name: uniqueName("missing")), passively: true)
            }
            guard case .channelClosed(404, _, "queue.declare") = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.remedy == .changeConfiguration)
        }
    }

    @Test func `a queue that is another connection's own is worth trying again`() async throws {
        try await withConnection { owner in
            let queue = try await owner.temporaryQueue()
            try await withConnection { connection in
                let error = try await amqpError { _ = try await connection.consume(queue, prefetch: 1) }
                guard case .channelClosed(405, _, _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(error?.remedy == .tryAgain)
            }
        }
    }
}
