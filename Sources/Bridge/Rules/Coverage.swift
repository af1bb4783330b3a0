/// Up to when everything that happened to an agent is told: where the next gap begins, and which span the loss of an
/// event would leave open. All times are Unix milliseconds; 0 is always.
///
/// What a session has polled shows what happened until the last answered poll was sent: how long its answer was under
/// way nobody knows.
package struct Coverage: Sendable, Equatable {
    /// What happened before is published, or a gap names it.
    private var settledUntil: Int64
    /// Where the gap begins that is not made up for yet.
    private var doubtfulFrom: Int64?

    /// - Parameter settledUntil: as a process before has left it.
    package init(settledUntil: Int64? = nil) {
        self.settledUntil = settledUntil ?? 0
    }

    /// - Parameter polled: what the session has polled; nil where that is not published yet, or nothing is.
    package func settled(polled: Int64?) -> Int64 { max(polled ?? 0, settledUntil) }

    /// Of what happened before nothing is lost with an event that comes now. While a gap is not made up for that is where
    /// it begins: who loses its `Gap`, too, must be told of that span.
    package func unbroken(polled: Int64?) -> Int64 { doubtfulFrom ?? settled(polled: polled) }

    /// A gap begins that ends now, and a new epoch after it.
    ///
    /// - Parameter lost: when the first came of those events that the spool had to drop.
    /// - Returns: where the gap begins; nil if it has no beginning.
    package mutating func begin(at now: Int64, polled: Int64?, lost: Int64?) -> Int64? {
        // What came before the epoch that ends was named when that began.
        let broken = min(lost ?? .max, settled(polled: polled), now)
        settledUntil = now
        doubtfulFrom = broken
        return broken > 0 ? broken : nil
    }

    /// The gap is made up for, and what waited for that is published.
    package mutating func heal() { doubtfulFrom = nil }

    /// A session ends with all published that it told.
    package mutating func end(polled: Int64?) { settledUntil = settled(polled: polled) }
}
