public import AMQP
import Logging

extension PrivateBroker {
    /// How many messages wait in a queue, and how many consume it.
    public func status(of queue: String) async throws -> QueueStatus {
        try await AMQPConnection.withConnection(
            to: broker(), name: "observer", logger: .silent
        ) { try await $0.declare(Queue(name: queue), passively: true) }
    }

    /// Returns when so many consume the queue: for a while the broker may give messages to one who is gone.
    public func whenConsumed(_ queue: String, by count: Int) async throws {
        try await eventually(within: .seconds(30), "\(queue) has \(count) consumers") {
            // A declaration's answer counts the active one of a single active consumer only.
            guard count > 0 else { return try await status(of: queue).consumers == 0 }
            let consumed = try await control("list_consumers", "queue_name").split(separator: "\n")
            return consumed.count { $0 == queue } == count
        }
    }
}
