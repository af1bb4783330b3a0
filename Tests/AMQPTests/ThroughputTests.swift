import AMQP
import TestSupport
import Testing

@Suite struct ThroughputTests {
    /// Far below what it does, so that only a blunder fails it; a debug build on a busy machine manages it.
    private static let atLeast = 500.0

    @Test func `publishing, consuming and acknowledging keep up`() async throws {
        let count = 10_000
        try await withConnection { publisher in
            let queue = uniqueName("throughput")
            _ = try await publisher.declare(Queue(name: queue, durable: false))
            try await withConnection { consuming in
                let consumer = try await consuming.consume(queue, prefetch: 256)
                let began = ContinuousClock.now
                async let results = publisher.publish((0..<count).map { _ in .to(queue, size: 256) })
                var arrived = 0
                for try await batch in consumer {
                    for delivery in batch { delivery.acknowledge() }
                    arrived += batch.count
                    if arrived == count { break }
                }
                #expect(await results.filter { $0 == .confirmed }.count == count)
                let took = ContinuousClock.now - began
                #expect(Double(count) / (took / .seconds(1)) > Self.atLeast)
            }
            try await publisher.delete(queue: queue)
        }
    }
}
