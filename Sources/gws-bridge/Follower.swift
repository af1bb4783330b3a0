import AMQP
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Follows exchanges through a queue of its own, which is gone when it is; begins anew when the connection breaks.
struct Follower: Service {
    /// What a person wants to know of the connection.
    enum News: Sendable, Hashable {
        /// - Parameter isAgain: Then what came meanwhile was missed.
        case following(isAgain: Bool)
        /// It is tried again.
        case interrupted(String)
    }

    let broker: Broker
    /// What the broker shows the connection as.
    let name: String
    let exchanges: [String]
    let keys: [String]
    var count: Int?
    let tell: @Sendable (News) -> Void
    /// False if nobody reads any more.
    let print: @Sendable (AMQPMessage) -> Bool
    /// What else is done over the connection, until it is cancelled; where it fails, all begins anew.
    var beside: (@Sendable (AMQPConnection) async throws -> Void)?

    /// Ends when `count` is reached, at a graceful shutdown, and when nobody reads what it prints. Throws what no
    /// trying again would mend.
    func run() async throws {
        let progress = NIOLockedValueBox(Progress(left: count))
        try await cancelWhenGracefulShutdown {
            while !progress.withLockedValue(\.isDone), !Task.isCancelled {
                do {
                    try await follow(progress)
                } catch let error as AMQPError where error.mayPass && !Task.isCancelled {
                    await pause(after: error, progress)
                } catch  where Task.isCancelled {
                    // Whatever the end of the connection was called, it was ours.
                }
            }
        }
    }

    private struct Progress: Sendable {
        /// Messages still to be printed; `nil`: without end.
        var left: Int?
        var isDone = false
        var failures = 0
        var hasFollowed = false
        /// Why it failed last: once is enough.
        var told: String?

        /// Whether this is not the first time.
        mutating func begin() -> Bool {
            defer { (failures, told, hasFollowed) = (0, nil, true) }
            return hasFollowed
        }

        mutating func printed(isRead: Bool) {
            left? -= 1
            isDone = !isRead || left == 0
        }
    }

    /// The progress is shared, as a connection that breaks must not take it along.
    private func follow(_ progress: NIOLockedValueBox<Progress>) async throws {
        try await AMQPConnection.withConnection(to: broker, name: name, logger: .silent) { link in
            let queue = try await link.declare(
                // Who reads slowly misses the oldest: the broker must not keep them without end.
                Queue(
                    name: "", durable: false, exclusive: true, autoDelete: true,
                    arguments: ["x-max-length": 100_000, "x-overflow": "drop-head"])
            ).name
            for exchange in exchanges {
                for key in keys {
                    try await link.bind(
                        Binding(source: exchange, destination: .queue(queue), routingKey: key))
                }
            }
            let messages = try await link.consume(queue, prefetch: 200)
            tell(.following(isAgain: progress.withLockedValue { $0.begin() }))
            try await withThrowingTaskGroup { group in
                group.addTask { try await pass(messages, progress) }
                if let beside { group.addTask { try await beside(link) } }
                // The first to end ends both: without what is done beside, the connection is of no use.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func pass(_ messages: Consumer, _ progress: NIOLockedValueBox<Progress>) async throws {
        for try await batch in messages {
            for delivery in batch where !progress.withLockedValue(\.isDone) {
                let isRead = print(delivery.message)
                progress.withLockedValue { $0.printed(isRead: isRead) }
                delivery.acknowledge()
            }
            if progress.withLockedValue(\.isDone) { return }
        }
    }

    private func pause(after error: AMQPError, _ progress: NIOLockedValueBox<Progress>) async {
        let reason = explained(error)
        let (failures, isNew) = progress.withLockedValue { progress in
            progress.failures += 1
            defer { progress.told = reason }
            return (progress.failures, progress.told != reason)
        }
        if isNew { tell(.interrupted(reason)) }
        // Longer each time, up to five seconds: nobody watches a tail by the second.
        let seconds = min(5, 0.2 * Double(1 << min(failures, 8)))
        // Cancelled means that there is no next time, which the loop sees.
        try? await Task.sleep(for: .seconds(seconds * Double.random(in: 0.5...1)))
    }

    private func explained(_ error: AMQPError) -> String {
        guard case .channelClosed(404, _, _) = error else { return "\(error)" }
        return
            "\(exchanges.joined(separator: " and ")) not there yet, the bridge declares them when it starts"
    }
}

extension AMQPError {
    /// An exchange that is not there yet will be there when the bridge has started.
    fileprivate var mayPass: Bool {
        if case .channelClosed(404, _, _) = self { return true }
        return remedy == .tryAgain
    }
}
