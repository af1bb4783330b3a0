internal import NIOConcurrencyHelpers

/// The time that a stop may take, all of it together: counted from its beginning, by whoever asks.
final class StopTime: Sendable {
    private let limit: Duration
    private let deadline = NIOLockedValueBox<ContinuousClock.Instant?>(nil)

    init(limit: Duration) {
        self.limit = limit
    }

    /// When it is over. The first to ask begins it.
    var end: ContinuousClock.Instant {
        deadline.withLockedValue { deadline in
            let end = deadline ?? .now + limit
            deadline = end
            return end
        }
    }

    /// What is left of it; a second at least, so that those who come last can say goodbye.
    var left: Duration { max(end - .now, .seconds(1)) }
}
