public import AMQP
import Logging

extension PrivateBroker {
    /// How many messages wait in a queue, and how many consume it.
    public func status(of queue: String) async throws -> QueueStatus {
        try await AMQPConnection.withConnection(
            to: broker(), name: "observer", logger: .silent
        ) { try await $0.declare(Queue(name: queue), passively: true) }
    }

    /// Returns when so many consume each of the queues: for a while the broker may give messages to one who is gone.
    public func whenConsumed(_ queues: String..., by count: Int) async throws {
        try await whenConsumed(queues, by: count)
    }

    public func whenConsumed(_ queues: [String], by count: Int) async throws {
        try await eventually(within: .seconds(30), "\(queues) have \(count) consumers") {
            // A declaration's answer counts the active one of a single active consumer only, but is there sooner.
            if count == 0, queues.count == 1 { return try await status(of: queues[0]).consumers == 0 }
            let consumed = try await control("list_consumers", "queue_name").split(separator: "\n")
            return queues.allSatisfy { queue in consumed.count { $0 == queue } == count }
        }
    }
}
