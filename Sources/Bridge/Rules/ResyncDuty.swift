/// That an agent's calls and devices are to be read, since something may have been missed.
package struct ResyncDuty: Sendable {
    /// Whether all of them are to be published, and not only what has changed.
    package let publishesAll: Bool
    private let since: ContinuousClock.Instant
    private var notBefore: ContinuousClock.Instant?
    private var failures = 0
    private var isRefused = false

    /// An agent whose calls GWS does not show is asked for them now and then only: its events wait meanwhile.
    private static let backoff = Backoff(first: .seconds(1), longest: .seconds(300))
    /// For so long, and so many at most, its events wait until it can be done.
    private static let patience = Duration.seconds(60)
    private static let capacity = 500
    private static let size = 4 << 20

    package init(publishesAll: Bool, since: ContinuousClock.Instant) {
        self.publishesAll = publishesAll
        self.since = since
    }

    /// - Parameters:
    ///   - count: of the events that would wait.
    ///   - bytes: of them all.
    package func holdsBack(_ count: Int, bytes: Int, at now: ContinuousClock.Instant) -> Bool {
        !isRefused && count < Self.capacity && bytes < Self.size && now - since < Self.patience
    }

    package func isDue(at now: ContinuousClock.Instant) -> Bool {
        notBefore.map { $0 <= now } ?? true
    }

    /// - Parameter isRefusal: GWS would not; then nothing waits for it.
    package mutating func failed(at now: ContinuousClock.Instant, isRefusal: Bool = false) {
        isRefused = isRefusal
        failures += 1
        notBefore = now + Self.backoff.pause(after: failures, jitter: 1)
    }
}
