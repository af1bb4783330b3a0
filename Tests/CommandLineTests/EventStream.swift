import AMQP
import Bridge
import Foundation
import TestSupport
import Testing

/// A stream of events of the test's own, and no bridge beside it.
struct EventStream: Sendable {
    let broker: PrivateBroker
    let prefix = uniqueName("stream")

    var names: Names { Names(prefix: prefix) }
    var environment: [String: String] { ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": prefix] }

    /// As a bridge would; where it is there already nothing happens.
    ///
    /// - Parameter size: bytes.
    func declare(size: Int64 = 1 << 30) async throws {
        var events = BridgeConfiguration.Events()
        events.stream = .init()
        events.stream?.maxSize = size
        let topology = BridgeTopology(names: names, deliveryLimit: 10, events: events)
        try await withLink(to: broker) { link in
            for exchange in topology.exchanges where exchange.name == names.events {
                try await link.declare(exchange)
            }
            for queue in topology.queues where queue.name == names.eventStream {
                _ = try await link.declare(queue)
            }
            for binding in topology.bindings where binding.source == names.events {
                try await link.bind(binding)
            }
        }
    }

    /// Events with these numbers for calls, each a second after the one before.
    func publish(
        _ numbers: Range<Int>, from time: Int64 = 1_795_339_800_000, bytes: Int = 2
    ) async throws {
        let messages = numbers.map { number in
            var message = AMQPMessage(
                exchange: names.events, routingKey: Self.key(number),
                body: Array("{\(String(repeating: " ", count: bytes - 2))}".utf8))
            message.properties.deliveryMode = 2
            message.properties.headers["gws-received-at"] = .int64(time + Int64(number) * 1000)
            return message
        }
        try await withLink(to: broker) { link in
            for result in await link.publish(messages) where result != .confirmed {
                throw Program.Late(description: "an event was not taken: \(result)")
            }
        }
    }

    /// After a start of the broker, as a bridge does: for a moment the broker has the name of the stream and not the
    /// stream, and would confirm events that it drops.
    func declareAgain() async throws {
        try await eventually(within: .seconds(60), "the stream is there again") {
            do {
                try await declare()
                return true
            } catch let error as AMQPError where error.remedy == .tryAgain {
                return false
            }
        }
    }

    static func key(_ number: Int) -> String { "call.\(number).\(number % 2 == 0 ? "Even" : "Odd")" }

    func tail(_ arguments: String...) throws -> Program {
        try Program(["tail"] + arguments + ["--json"], environment: environment)
    }

    /// The routing keys that a tail prints until it has ended by itself.
    func keys(_ arguments: String...) async throws -> [String] {
        let ended = try await Program(
            ["tail"] + arguments + ["--json"], environment: environment
        ).ended()
        #expect(ended.code == 0, "\(ended.error)")
        return try Self.lines(ended).map(\.key)
    }

    static func lines(_ ended: Program.Ended) throws -> [(key: String, offset: Int)] {
        try ended.output.split(separator: "\n").map { line in
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let headers = try #require(object["headers"] as? [String: Any])
            return (
                try #require(object["routingKey"] as? String),
                try #require(headers["x-stream-offset"] as? Int)
            )
        }
    }
}
