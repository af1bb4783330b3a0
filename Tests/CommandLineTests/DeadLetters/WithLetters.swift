import AMQP
import Bridge
import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// A queue of dead letters of the test's own, and no bridge beside it.
struct Letters: Sendable {
    let broker: PrivateBroker
    let prefix: String

    var queue: String { "\(prefix).dead-letters" }

    var environment: [String: String] { ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": prefix] }

    func run(
        _ arguments: String..., environment more: [String: String] = [:]
    ) async throws -> Program.Ended {
        try await Program(
            ["dead-letters"] + arguments, environment: environment.merging(more) { $1 }
        ).ended()
    }

    func publish(_ messages: [AMQPMessage]) async throws {
        try await withLink(to: broker) { link in
            for result in await link.publish(messages) where result != .confirmed {
                throw Program.Late(description: "a letter was not taken: \(result)")
            }
        }
    }

    /// The ids in the order of the queue, from the time that nobody has any in hand.
    func ids() async throws -> [String] {
        try await lines("list").compactMap { $0["id"] as? String }
    }

    func lines(_ arguments: String...) async throws -> [[String: Any]] {
        let ended = try await Program(
            ["dead-letters"] + arguments + ["--json"], environment: environment
        ).ended()
        return try ended.output.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// What lies in a queue; it is taken out. By a consumer: there is no getting from one with a single active one.
    func taken(from queue: String) async throws -> [AMQPMessage] {
        var messages: [AMQPMessage] = []
        try await withLink(to: broker) { link in
            let count = try await link.declare(Queue(name: queue), passively: true).messages
            guard count > 0 else { return }
            for try await batch in try await link.consume(queue, prefetch: UInt16(count)) {
                messages += batch.map(\.message)
                for delivery in batch { delivery.acknowledge() }
                if messages.count >= count { return }
            }
        }
        return messages
    }
}

/// - Parameter ids: of letters that lie there already.
func withLetters(_ ids: [String] = [], _ body: (Letters) async throws -> Void) async throws {
    let letters = Letters(broker: try await PrivateBroker.shared, prefix: uniqueName("letters"))
    let topology = BridgeTopology(names: Names(prefix: letters.prefix), deliveryLimit: 10)
    try await withLink(to: letters.broker) { link in
        for exchange in topology.exchanges { try await link.declare(exchange) }
        for queue in topology.queues { _ = try await link.declare(queue) }
        for binding in topology.bindings { try await link.bind(binding) }
    }
    try await letters.publish(ids.map { .deadLetter($0, prefix: letters.prefix) })
    try await body(letters)
}
