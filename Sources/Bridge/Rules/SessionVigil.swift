package import GWS

/// Whether an agent's session stands still: it should have been told something long ago, were it only that there is
/// nothing to tell.
///
/// Every request has a time limit of its own, and so has every wait for the broker. This is for the case that nobody
/// thought of.
package struct SessionVigil: Sendable {
    /// How often to look.
    package static let interval = Duration.seconds(5)
    /// For handling what came, beside what a poll may take.
    private static let margin = Duration.seconds(20)

    private let start: ContinuousClock.Instant
    private var lastLook: ContinuousClock.Instant

    package init(since start: ContinuousClock.Instant) {
        self.start = start
        lastLook = start
    }

    package mutating func isStuck(_ status: SessionStatus, at now: ContinuousClock.Instant) -> Bool {
        // Who was suspended has seen no answer, and there may be one.
        let hasSlept = now - lastLook > Self.interval * 2
        lastLook = now
        guard !hasSlept, case .polling = status.phase, let answered = status.lastPollAnswered else {
            return false
        }
        return now - max(answered, start) > status.pollPatience + Self.margin
    }
}
