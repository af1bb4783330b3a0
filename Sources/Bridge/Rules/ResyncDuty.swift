/// That an agent's calls and devices are to be read, since something may have been missed.
package struct ResyncDuty: Sendable {
    /// Whether all of them are to be published, and not only what has changed.
    package let publishesAll: Bool
    private var notBefore: ContinuousClock.Instant?
    private var failures = 0

    /// An agent whose calls GWS does not show is asked for them now and then only: its events wait meanwhile.
    private static let backoff = Backoff(first: .seconds(5), longest: .seconds(300))

    package init(publishesAll: Bool) {
        self.publishesAll = publishesAll
    }

    package func isDue(at now: ContinuousClock.Instant) -> Bool {
        notBefore.map { $0 <= now } ?? true
    }

    package mutating func failed(at now: ContinuousClock.Instant) {
        failures += 1
        notBefore = now + Self.backoff.pause(after: failures, jitter: 1)
    }
}
