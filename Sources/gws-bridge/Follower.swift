import AMQP
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Follows exchanges or a stream; begins anew when the connection breaks.
struct Follower: Service {
    /// Where its messages come from.
    enum Feed: Sendable {
        /// Through a queue of its own, which is gone when it is: what comes meanwhile is missed.
        case exchanges([String], keys: [String])
        /// From where the reading says: it goes on after what it has seen.
        case stream(String, StreamReading)

        var names: [String] {
            switch self {
            case .exchanges(let names, keys: _): names
            case .stream(let name, _): [name]
            }
        }
    }

    /// What a person wants to know of the connection.
    enum News: Sendable, Hashable {
        /// - Parameter isAgain: Then what came meanwhile was missed.
        case following(isAgain: Bool)
        /// Of a stream: again, and nothing is missed.
        case continuing
        /// Of a stream: there is nothing at these offsets, though it was to be read from there.
        case missing(ClosedRange<Int64>)
        /// It is tried again.
        case interrupted(String)
    }

    /// What is to be followed by its offsets has none.
    struct NoStream: Error {}

    let broker: Broker
    /// What the broker shows the connection as.
    let name: String
    let feed: Feed
    var count: Int?
    let tell: @Sendable (News) -> Void
    /// False if nobody reads any more.
    let print: @Sendable (AMQPMessage) -> Bool
    /// What else is done over the connection, until it is cancelled; where it fails, all begins anew.
    var beside: (@Sendable (AMQPConnection) async throws -> Void)?

    /// Ends when `count` is reached, at a graceful shutdown, and when nobody reads what it prints. Throws what no
    /// trying again would mend.
    func run() async throws {
        let progress = NIOLockedValueBox(Progress(feed, left: count))
        try await cancelWhenGracefulShutdown {
            while !progress.withLockedValue(\.isDone), !Task.isCancelled {
                do {
                    try await follow(progress)
                } catch let error as AMQPError where mayPass(error) && !Task.isCancelled {
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
        /// Of a stream.
        var reading: StreamReading?
        var isDone = false
        var failures = 0
        var hasFollowed = false
        /// Why it failed last: once is enough.
        var told: String?

        init(_ feed: Feed, left: Int?) {
            self.left = left
            if case .stream(_, let reading) = feed { self.reading = reading }
        }

        mutating func begin() -> News {
            defer { (failures, told, hasFollowed) = (0, nil, true) }
            if hasFollowed, reading?.isSeamless == true { return .continuing }
            return .following(isAgain: hasFollowed)
        }

        /// Whether it is to be printed.
        mutating func take(_ message: AMQPMessage) throws(NoStream) -> Bool {
            switch reading?.take(message) {
            case nil, .show: return true
            case .skip: return false
            case .foreign: throw NoStream()
            }
        }

        mutating func printed(isRead: Bool) {
            left? -= 1
            isDone = !isRead || left == 0
        }
    }

    /// The progress is shared, as a connection that breaks must not take it along.
    private func follow(_ progress: NIOLockedValueBox<Progress>) async throws {
        try await AMQPConnection.withConnection(to: broker, name: name, logger: .silent) { link in
            let messages = try await consume(over: link, progress)
            tell(progress.withLockedValue { $0.begin() })
            try await withThrowingTaskGroup { group in
                group.addTask { try await pass(messages, progress) }
                if let beside { group.addTask { try await beside(link) } }
                // The first to end ends both: without what is done beside, the connection is of no use.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private static let prefetch: UInt16 = 200

    private func consume(
        over link: AMQPConnection, _ progress: NIOLockedValueBox<Progress>
    ) async throws -> Consumer {
        switch feed {
        case .exchanges(let exchanges, let keys):
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
            return try await link.consume(queue, prefetch: Self.prefetch)
        case .stream(let queue, _):
            let place = progress.withLockedValue { $0.reading?.place } ?? "first"
            return try await link.consume(
                queue, prefetch: Self.prefetch, arguments: ["x-stream-offset": place])
        }
    }

    private func pass(_ messages: Consumer, _ progress: NIOLockedValueBox<Progress>) async throws {
        for try await batch in messages {
            for delivery in batch where !progress.withLockedValue(\.isDone) {
                let message = delivery.message
                if let offsets = progress.withLockedValue({ $0.reading?.missing(before: message) }) {
                    tell(.missing(offsets))
                }
                if try progress.withLockedValue({ try $0.take(message) }) {
                    let isRead = print(message)
                    progress.withLockedValue { $0.printed(isRead: isRead) }
                }
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
        guard case .exchanges(let exchanges, keys: _) = feed, case .channelClosed(404, _, _) = error else {
            return "\(error)"
        }
        return
            "\(exchanges.joined(separator: " and ")) not there yet, the bridge declares them when it starts"
    }

    private func mayPass(_ error: AMQPError) -> Bool {
        // An exchange that is not there yet will be there when the bridge has started. A stream is there only if it is
        // wanted.
        if case .exchanges = feed, case .channelClosed(404, _, _) = error { return true }
        return error.remedy == .tryAgain
    }
}
