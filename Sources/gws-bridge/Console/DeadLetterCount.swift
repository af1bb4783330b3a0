import AMQP
import Logging
import NIOConcurrencyHelpers

/// How many dead letters there are, for as long as somebody looks at the console. On a connection of its own: a queue
/// that is not there closes the channel on who asks for it.
final class DeadLetterCount: Sendable {
    private struct State {
        var watchers = 0
        var count: Int?
    }

    private let broker: Broker
    private let queue: String
    private let state = NIOLockedValueBox(State())
    private let (arrivals, arrive) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    private static let interval = Duration.seconds(5)

    init(of queue: String, at broker: Broker) {
        self.queue = queue
        self.broker = broker
    }

    /// Nil where it is not known.
    var value: Int? { state.withLockedValue(\.count) }

    /// Somebody looks, until ``unwatch()``.
    func watch() {
        state.withLockedValue { $0.watchers += 1 }
        arrive.yield()
    }

    func unwatch() { state.withLockedValue { $0.watchers -= 1 } }

    /// Until it is cancelled.
    func run() async {
        for await _ in arrivals {
            while isWatched, !Task.isCancelled {
                // Why it cannot be asked others say: it is the bridge's broker, too.
                try? await ask()
                state.withLockedValue { $0.count = nil }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private var isWatched: Bool { state.withLockedValue { $0.watchers > 0 } }

    private func ask() async throws {
        try await AMQPConnection.withConnection(
            to: broker, name: "gws-bridge console", logger: .silent
        ) { link in
            while isWatched {
                let status = try await link.declare(Queue(name: queue), passively: true)
                state.withLockedValue { $0.count = status.messages }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
