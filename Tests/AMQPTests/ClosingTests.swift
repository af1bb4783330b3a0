import AMQP
import TestSupport
import Testing

@Suite struct ClosingTests {
    @Test func `what was handed over before closing is confirmed, what comes after is refused`() async throws
    {
        let queue = uniqueName("closing")
        let count = 20_000
        try await withConnection(window: 32) { connection in
            _ = try await connection.declare(Queue(name: queue, durable: false))
            async let before = connection.publish((0..<count).map { .to(queue, "\($0)") })
            try await eventually(within: .seconds(20), "it is under way") {
                connection.status.unconfirmed > 0
            }
            await connection.close(within: .seconds(20))
            let results = await before
            #expect(results.filter { $0 == .confirmed }.count == count)
            #expect(await connection.publish(.to(queue)) == .failed(.closed))
            #expect(await connection.ended() == .closed)
        }
        try await withConnection { connection in
            let left = try await connection.delete(queue: queue)
            #expect(left == count)
        }
    }

    @Test func `closing under load ends all publishers and all consumers`() async throws {
        try await withConnection(window: 64) { connection in
            let queue = try await connection.temporaryQueue()
            let consumer = try await connection.consume(queue, prefetch: 50)
            try await withThrowingTaskGroup(of: PublishResult?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        while true {
                            let result = await connection.publish(.to(queue))
                            if result != .confirmed { return result }
                        }
                    }
                }
                group.addTask {
                    var count = 0
                    for try await batch in consumer {
                        for delivery in batch { delivery.acknowledge() }
                        count += batch.count
                    }
                    #expect(count > 0)
                    return nil
                }
                _ = try await eventually(within: .seconds(20), "traffic") {
                    connection.status.unconfirmed > 0
                }
                await connection.close(within: .seconds(10))
                for try await result in group { #expect(result == nil || result == .failed(.closed)) }
            }
        }
    }

    @Test func `settlements are told before the connection closes`() async throws {
        let queue = uniqueName("settled")
        try await withConnection { connection in
            _ = try await connection.declare(Queue(name: queue, durable: false))
            _ = await connection.publish((0..<100).map { .to(queue, "\($0)") })
            let consumer = try await connection.consume(queue, prefetch: 100)
            for delivery in try await consumer.first(100).dropLast() { delivery.acknowledge() }
        }
        try await withConnection { connection in
            let count = try await connection.delete(queue: queue)
            #expect(count == 1)
        }
    }

    @Test func `an error of the body is passed on, and the connection closed`() async throws {
        struct Mine: Error {}
        var kept: AMQPConnection?
        await #expect(throws: Mine.self) {
            try await withConnection { connection in
                kept = connection
                throw Mine()
            }
        }
        #expect(await kept?.ended() == .closed)
    }

    @Test func `a task that waits for the end may be cancelled`() async throws {
        try await withConnection { connection in
            let waiting = Task { await connection.ended() }
            waiting.cancel()
            #expect(await waiting.value == .cancelled)
        }
    }

    @Test func `closing twice is closing once`() async throws {
        try await withConnection { connection in
            async let first: Void = connection.close(within: .seconds(5))
            async let second: Void = connection.close(within: .seconds(5))
            _ = await (first, second)
            #expect(await connection.ended() == .closed)
        }
    }
}
