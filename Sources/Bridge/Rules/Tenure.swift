/// Whether this process serves a shard: whether its consumer is the active one of the shard's queue.
///
/// The broker tells nobody, but it gives messages to the active consumer only. So every process that consumes the queue
/// sends a message to it now and then, a marker: whoever is given anything by the queue is active, and who hears of
/// another's marker knows that there is another.
///
/// RabbitMQ 3 lets the active consumer be so until its channel ends; from 4.0 on one of higher priority takes over, and
/// nobody tells the one before. That its own markers come back no more does.
///
/// While the broker is away nobody is told anything. A process that knows of no other goes on, and spools what GWS
/// reports; one that does stops in time for the other to begin.
package struct Tenure: Sendable {
    package struct Timing: Sendable, Hashable {
        /// From one marker to the next.
        package var interval = Duration.seconds(1)
        /// For how long one that the broker has taken may stay away.
        package var patience = Duration.seconds(3)
        /// For how long the broker may be silent until another process may be active: its heartbeat.
        package var grace = Duration.seconds(10)
        /// After which time to look again.
        package var step: Duration { interval / 2 }

        package init() {}
    }

    package enum Change: Sendable, Hashable {
        /// - Parameter fromOther: another process had it, or may have had it.
        case begun(fromOther: Bool)
        case ended(Reason)
    }

    /// Why it is over. The raw value is for the log.
    package enum Reason: String, Sendable {
        case superseded = "another process is given what this one sends to the shard's queue"
        case cutOff =
            "the broker is silent, and there is another process that it may have made the active one"
    }

    private let timing: Timing
    package private(set) var isActive = false
    private var isConsuming = false
    /// Whether the queue has given anything since it is consumed.
    private var isProven = false
    /// Whether another process was given what this one sent.
    private var wasPassedOver = false
    private var lastSent = 0
    private var lastBack = 0
    /// Of the markers since the queue is consumed.
    private var first = 1
    /// The first marker that was taken and has not come back, and for how long nothing came, as far as this process has
    /// looked.
    private var missing: (number: Int, waited: Duration)?
    /// Since another process's marker came, as far as this process has looked.
    private var other: Duration?

    package init(_ timing: Timing) {
        self.timing = timing
    }

    /// Whether another process is there to take over.
    package var hasDeputy: Bool { other.map { $0 <= timing.interval * 5 } ?? false }

    /// Whether another process may have become the active one in the moment when the link was lost, and nothing has shown
    /// yet that it has not.
    package var isContested: Bool { isActive && hasDeputy && !(isConsuming && isProven) }

    /// Whether it is not known yet whether this process or another serves the shard.
    package var isUndecided: Bool { isConsuming && !isActive && !wasPassedOver }

    /// Whether another is given what this process sends, and no other is heard of.
    package var isForsaken: Bool { isConsuming && !isActive && !hasDeputy && isOverdue }

    /// Whether it matters for ``passed(_:silence:holds:)`` whether messages are held.
    package var asksForHeld: Bool { isActive && isOverdue }

    private var isOverdue: Bool { missing.map { $0.waited >= timing.patience } ?? false }

    // MARK: - The link

    /// The queue is consumed, by a new link.
    package mutating func opened() {
        isConsuming = true
        isProven = false
        missing = nil
        first = lastSent + 1
    }

    /// The link is lost.
    package mutating func closed() {
        isConsuming = false
        missing = nil
    }

    // MARK: - Markers

    /// The number of the next marker.
    package mutating func send() -> Int {
        lastSent += 1
        return lastSent
    }

    /// The broker has taken it.
    package mutating func wasTaken(_ number: Int) {
        guard isConsuming, number > lastBack, number >= first, missing == nil else { return }
        missing = (number, .zero)
    }

    /// The queue gave a message, whichever it is.
    ///
    /// - Parameter marker: the number, where it is a marker of this process.
    package mutating func received(marker: Int? = nil) -> Change? {
        guard isConsuming else { return nil }
        isProven = true
        if let marker {
            // What was sent before it and has not come back somebody else was given.
            if let missing, missing.number < marker { wasPassedOver = true }
            lastBack = max(lastBack, marker)
            missing = nil
        } else {
            missing?.waited = .zero
        }
        guard !isActive else { return nil }
        isActive = true
        defer { wasPassedOver = false }
        return .begun(fromOther: wasPassedOver)
    }

    /// Another process has spoken.
    ///
    /// - Parameter byQueue: whether the shard's queue gave it. What comes before this process's own first marker was sent
    ///   before this process consumed, by one that is gone perhaps. To be followed by ``received(marker:)``.
    package mutating func heardOther(byQueue: Bool = false) {
        if !byQueue || lastBack >= first { other = .zero }
    }

    // MARK: - Time

    /// - Parameters:
    ///   - elapsed: since it was asked before. Where a message is missing it counts for no more than a step: who was
    ///     stopped meanwhile has not looked.
    ///   - silence: since the broker was heard last.
    ///   - holds: whether messages of the queue are held that are not settled. Then nobody else is given any.
    package mutating func passed(_ elapsed: Duration, silence: Duration, holds: Bool) -> Change? {
        let step = min(elapsed, timing.step)
        // While the broker is not heard, others are not either.
        if isConsuming, silence < timing.interval * 2, let other { self.other = other + step }
        missing?.waited += step
        if isActive {
            if hasDeputy, silence > timing.grace { return end(.cutOff) }
            // The broker may take a link that was lost for the active one until it misses its heartbeats.
            let patience = isProven || hasDeputy ? timing.patience : timing.patience + timing.grace * 2
            if let missing, missing.waited > patience {
                guard holds else { return end(.superseded) }
                // As soon as nothing is held it takes the queue a moment to give the next.
                self.missing?.waited = patience - timing.interval
            }
        } else if let missing, missing.waited > timing.patience {
            // Somebody else was given it.
            wasPassedOver = true
        }
        return nil
    }

    private mutating func end(_ reason: Reason) -> Change {
        isActive = false
        wasPassedOver = true
        return .ended(reason)
    }
}
