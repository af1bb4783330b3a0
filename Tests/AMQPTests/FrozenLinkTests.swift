import AMQP
import TestSupport
import Testing

/// A link that passes nothing and says nothing, in every state a connection can be in.
@Suite struct FrozenLinkTests {
    /// With a heartbeat of two seconds, over a link of its own.
    private func withLink(
        heartbeat: Duration = .seconds(2), _ body: (AMQPConnection, FrozenLink) async throws -> Void
    ) async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        var broker = node.broker(port: link.port)
        broker.heartbeat = heartbeat
        broker.operationTimeout = .seconds(10)
        try await withConnection(to: broker) { try await body($0, link) }
    }

    private func expectLost(_ error: AMQPError) {
        switch error {
        case .disconnected, .stalled: #expect(error.remedy == .tryAgain)
        default: Issue.record("\(error)")
        }
    }

    @Test func `an idle connection notices by the heartbeat`() async throws {
        try await withLink { connection, link in
            link.freeze()
            let began = ContinuousClock.now
            expectLost(try await within(.seconds(30), "the end") { await connection.ended() })
            #expect(.now - began < .seconds(20))
        }
    }

    @Test func `who was there when the link was stranded is lost, and who comes is served`() async throws {
        try await withLink { connection, link in
            link.strand()
            var broker = try await PrivateBroker.shared.broker(port: link.port)
            broker.operationTimeout = .seconds(10)
            try await withConnection(to: broker) { _ = try await $0.temporaryQueue() }
            expectLost(try await within(.seconds(30), "the end") { await connection.ended() })
        }
    }

    @Test func `publishing does not hang`() async throws {
        try await withLink { connection, link in
            let queue = try await connection.temporaryQueue()
            link.freeze()
            let result = try await within(.seconds(30), "the result") { await connection.publish(.to(queue)) }
            guard case .failed(let error) = result else {
                Issue.record("\(result)")
                return
            }
            expectLost(error)
            #expect(await connection.publish(.to(queue)) == result)
        }
    }

    @Test func `publishing more than the socket takes leaves the thread free to answer`() async throws {
        try await withLink { connection, link in
            let queue = try await connection.temporaryQueue()
            link.freeze()
            let message = AMQPMessage.to(queue, size: 16 << 20)
            async let results = connection.publish([message, message])
            // Had the thread hung in a write, this could not be settled before the end.
            let cancelled = Task { await connection.publish(message) }
            try await eventually(within: .seconds(20), "all are handed over") {
                connection.status.waiting + connection.status.unconfirmed == 3
            }
            cancelled.cancel()
            #expect(await cancelled.value == .failed(.cancelled))
            for result in await results {
                guard case .failed(let error) = result else {
                    Issue.record("\(result)")
                    return
                }
                expectLost(error)
            }
        }
    }

    @Test func `what was held up goes on when the link does`() async throws {
        // The heartbeat must not end it meanwhile.
        try await withLink(heartbeat: .seconds(60)) { connection, link in
            let queue = try await connection.temporaryQueue()
            link.freeze()
            let message = AMQPMessage.to(queue, size: 8 << 20)
            async let result = connection.publish(message)
            try await eventually(within: .seconds(20), "it is begun") { connection.status.unconfirmed == 1 }
            link.thaw()
            #expect(await result == .confirmed)
        }
    }

    @Test func `a call is given up`() async throws {
        try await withLink { connection, link in
            link.freeze()
            let error = try await amqpError { _ = try await connection.temporaryQueue() }
            expectLost(try #require(error))
        }
    }

    @Test func `closing takes no longer than it may`() async throws {
        try await withLink { connection, link in
            link.freeze()
            let began = ContinuousClock.now
            await connection.close(within: .milliseconds(300))
            #expect(.now - began < .seconds(4))
            #expect(await connection.ended() == .closed)
        }
    }

    @Test func `a cut is told to all who wait`() async throws {
        // The heartbeat must not be the one to end it.
        try await withLink(heartbeat: .seconds(60)) { connection, link in
            let queue = try await connection.temporaryQueue()
            let consumer = try await connection.consume(queue, prefetch: 1)
            link.freeze()
            async let result = connection.publish(.to(queue))
            async let end = connection.ended()
            try await eventually(within: .seconds(20), "it is written") { connection.status.unconfirmed == 1 }
            link.cut()
            link.thaw()
            let error = try await amqpError { for try await _ in consumer {} }
            expectLost(try #require(error))
            #expect(await result == .failed(error!))
            #expect(await end == error)
        }
    }
}
