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
    var left: Duration { left(before: 0) }

    /// What is left of it to one after whom so many others come: each of those is kept a quarter of all, at most two
    /// seconds.
    func left(before others: Int) -> Duration {
        let kept = min(limit / 4, .seconds(2)) * others
        return max(end - .now - kept, .seconds(1))
    }
}
