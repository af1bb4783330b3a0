import AMQP
import Bridge
import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// What a tail prints of a stream, on a real broker.
@Suite struct TailFromTests {
    private func stream(_ count: Int) async throws -> EventStream {
        let stream = EventStream(broker: try await PrivateBroker.shared)
        try await stream.declare()
        try await stream.publish(0..<count)
        return stream
    }

    private func keys(_ numbers: some Sequence<Int>) -> [String] { numbers.map(EventStream.key) }

    @Test func `a new consumer sees all events in order, and then those that come`() async throws {
        let stream = try await stream(300)
        let tail = try stream.tail("--from", "first", "--count", "600")
        try await tail.prints(EventStream.key(299))
        try await stream.publish(300..<600)
        let lines = try EventStream.lines(try await tail.ended())
        #expect(lines.map(\.key) == keys(0..<600))
        #expect(lines.map(\.offset) == Array(0..<600))
    }

    @Test func `it begins at an offset, a time, a date, or so long ago`() async throws {
        let stream = try await stream(20)
        #expect(try await stream.keys("--from", "15", "--count", "5") == keys(15..<20))
        // The fifth second after the first event. All were published at one time, much later.
        #expect(
            try await stream.keys("--from", "2026-11-22T10:30:05+01:00", "--count", "15") == keys(5..<20))
        #expect(try await stream.keys("--from", "2026-11-21", "--count", "20") == keys(0..<20))
        let now = Int64(Date.now.timeIntervalSince1970 * 1000)
        try await stream.publish(20..<25, from: now - 20_000)
        #expect(try await stream.keys("--from", "10m", "--count", "5") == keys(20..<25))
        #expect(try await stream.keys("--from", "-10m", "--count", "5") == keys(20..<25))
    }

    @Test func `it begins with the last, or the next`() async throws {
        let stream = try await stream(3)
        try await stream.publish(3..<4)
        #expect(try await stream.keys("--from", "last", "--count", "1") == keys(3..<4))
        let tail = try stream.tail("--from", "next", "--count", "1")
        try await tail.prints("following \(stream.prefix).events.stream")
        try await stream.publish(4..<5)
        #expect(try EventStream.lines(try await tail.ended()).map(\.key) == keys(4..<5))
    }

    @Test func `patterns choose, and the others are not counted`() async throws {
        let stream = try await stream(20)
        #expect(
            try await stream.keys("call.*.Even", "call.7.#", "--from", "first", "--count", "11")
                == keys([0, 2, 4, 6, 7, 8, 10, 12, 14, 16, 18]))
    }

    @Test func `for people there is the day, and the offset`() async throws {
        let stream = try await stream(2)
        let ended = try await Program.run(
            "tail", "--from", "1", "--count", "1",
            environment: stream.environment.merging(["TZ": "UTC"]) { $1 })
        #expect(ended.output.hasPrefix("2026-11-22 09:30:01.000 event   call.1.Odd (offset 1"))
    }

    @Test func `a broker that is stopped or killed makes it neither miss nor repeat any`() async throws {
        let stream = EventStream(broker: try await PrivateBroker.start())
        try await stream.declare()
        try await stream.publish(0..<1000)
        let tail = try stream.tail("--from", "first", "--count", "3000")
        try await tail.prints(EventStream.key(100))
        // This first: a node that is killed just after a stream was declared may have forgotten it.
        try await stream.broker.stop()
        try await stream.broker.start()
        try await stream.declareAgain()
        try await stream.publish(1000..<2000)
        try await tail.prints(EventStream.key(1500), within: .seconds(60))
        try await stream.broker.kill()
        try await stream.broker.start()
        try await stream.declareAgain()
        try await stream.publish(2000..<3000)
        let ended = try await tail.ended(within: .seconds(60))
        #expect(try EventStream.lines(ended).map(\.key) == keys(0..<3000))
        #expect(ended.error.contains("following again, after the last that was printed"))
    }

    @Test func `it says which offsets are not there any more`() async throws {
        let stream = EventStream(broker: try await PrivateBroker.shared)
        try await stream.declare(size: 200_000)
        for part in 0..<10 { try await stream.publish(part * 100..<(part + 1) * 100, bytes: 1000) }
        let tail = try stream.tail("--from", "0", "--count", "1")
        let ended = try await tail.ended()
        #expect(ended.code == 0)
        #expect(ended.error.contains("there is nothing at the offsets 0 to "))
        let first = try #require(try EventStream.lines(ended).first)
        #expect(first.offset > 100)
    }

    @Test func `without a stream it ends, and says what to set`() async throws {
        let broker = try await PrivateBroker.shared
        let ended = try await Program.run(
            "tail", "--from", "first",
            environment: ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": uniqueName("none")])
        #expect(ended.code == 78)
        #expect(ended.error.contains("events.stream.enabled"))
        #expect(ended.error.split(separator: "\n").count == 1)
    }

    @Test func `a queue that is no stream is left alone`() async throws {
        let stream = EventStream(broker: try await PrivateBroker.shared)
        let queue = stream.names.eventStream
        for type in ["classic", "quorum"] {
            try await withLink(to: stream.broker) { link in
                _ = try await link.declare(
                    Queue(name: queue, arguments: ["x-queue-type": .string(type)]))
                _ = await link.publish(AMQPMessage(exchange: "", routingKey: queue, body: [1]))
            }
            let ended = try await Program.run("tail", "--from", "first", environment: stream.environment)
            #expect(ended.code == 78)
            #expect(ended.error.contains("is no stream"))
            try await withLink(to: stream.broker) { link in
                let count = try await link.delete(queue: queue)
                #expect(count == 1)
            }
        }
    }

    @Test func `outcomes are in no stream`() async throws {
        let ended = try await Program.run("tail", "--from", "first", "--outcomes")
        #expect(ended.code == 64)
        #expect(ended.error.contains("do not go together"))
    }
}
