import AMQP
import TestSupport
import Testing

@Suite struct PublishingTests {
    @Test func `results come in the order of the messages, each return with its own`() async throws {
        try await withConnection(window: 16) { connection in
            let queue = try await connection.temporaryQueue()
            let nowhere = uniqueName("nowhere")
            let messages = (0..<200).map { number in
                AMQPMessage.to(number % 3 == 0 ? nowhere : queue, "\(number)", mandatory: number % 2 == 0)
            }
            let results = await connection.publish(messages)
            #expect(results.count == 200)
            for (number, result) in results.enumerated() {
                let isReturned = number % 3 == 0 && number % 2 == 0
                #expect(result == (isReturned ? .returned(code: 312, text: "NO_ROUTE") : .confirmed))
            }
        }
    }

    @Test func `messages of one publish arrive in their order`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let consumer = try await connection.consume(queue, prefetch: 0)
            _ = await connection.publish((0..<3000).map { .to(queue, "\($0)") })
            let deliveries = try await consumer.first(3000)
            #expect(deliveries.map(\.message.text) == (0..<3000).map { "\($0)" })
        }
    }

    @Test func `many tasks publish at once`() async throws {
        try await withConnection(window: 64) { connection in
            let queue = try await connection.temporaryQueue()
            let confirmed = await withTaskGroup { group in
                for number in 0..<500 {
                    group.addTask { await connection.publish(.to(queue, "\(number)")) == .confirmed }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(confirmed == 500)
            // It is told at the end of the turn that gave the answers.
            try await eventually(within: .seconds(5), "none is unconfirmed") {
                connection.status.unconfirmed == 0
            }
        }
    }

    @Test func `of what has waited too long to be sent nothing is sent`() async throws {
        try await withConnection(window: 1) { connection in
            let queue = try await connection.temporaryQueue()
            async let first = connection.publish((0..<100).map { .to(queue, "\($0)") })
            let late = await connection.publish([.to(queue, "late"), .to(queue, "later")], patience: .zero)
            #expect(
                late == [
                    .failed(.timedOut(operation: "publishing")), .failed(.timedOut(operation: "publishing")),
                ])
            #expect(await first.allSatisfy { $0 == .confirmed })
            #expect(await connection.publish([.to(queue, "last")], patience: .seconds(30)) == [.confirmed])
            let consumer = try await connection.consume(queue, prefetch: 0)
            #expect(try await consumer.first(101).map(\.message.text) == (0..<100).map { "\($0)" } + ["last"])
        }
    }

    @Test func `for a broker that does not answer is waited for as long again, and no longer`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            // Enough to be under way for longer than that.
            let many = (0..<100_000).map { AMQPMessage.to(queue, "\($0)") }
            let began = ContinuousClock.now
            let results = await connection.publish(many, patience: .milliseconds(50))
            let took = ContinuousClock.now - began
            #expect(took >= .milliseconds(100))
            #expect(results.last == .failed(.timedOut(operation: "publishing")))
            // And the connection goes on.
            #expect(await connection.publish(.to(queue)) == .confirmed)
        }
    }

    @Test func `the status tells when the broker confirmed last`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let opened = connection.status.lastConfirmed
            let began = ContinuousClock.now
            #expect(opened < began)
            #expect(await connection.publish(.to(queue)) == .confirmed)
            try await eventually(within: .seconds(10), "it is told") {
                connection.status.lastConfirmed > began
            }
        }
    }

    @Test func `a queue that takes no more answers with a nack`() async throws {
        try await withConnection { connection in
            let arguments: FieldTable = ["x-max-length": 1, "x-overflow": "reject-publish"]
            let queue = try await connection.temporaryQueue(arguments: arguments)
            #expect(await connection.publish(.to(queue)) == .confirmed)
            #expect(await connection.publish(.to(queue)) == .nacked)
        }
    }

    @Test func `an exchange that is not there ends the connection, and says so`() async throws {
        try await withConnection { connection in
            let exchange = uniqueName("missing")
            let message = AMQPMessage(exchange: exchange, routingKey: "k", body: [1])
            guard case .failed(let error) = await connection.publish(message) else {
                Issue.record("published to an exchange that is not there")
                return
            }
            guard case .channelClosed(404, let text, "basic.publish") = error else {
                Issue.record("\(error)")
                return
            }
            #expect(text.contains(exchange))
            #expect(error.remedy == .changeConfiguration)
            #expect(await connection.ended() == error)
            #expect(await connection.publish(message) == .failed(error))
        }
    }

    @Test func `publishing nothing gives nothing`() async throws {
        try await withConnection { connection in
            #expect(await connection.publish([]) == [])
        }
    }

    @Test func `a publish whose task is cancelled before it is written ends as cancelled`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await connection.publish(.to(queue))
            }
            let result = await task.value
            // The broker may have been faster than the cancellation.
            #expect(result == .failed(.cancelled) || result == .confirmed)
            #expect(await connection.publish(.to(queue)) == .confirmed)
        }
    }
}
