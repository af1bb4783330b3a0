/// When a connection's thread was last at work, and when the broker was last heard: what tells that the process was
/// suspended meanwhile, and whether the broker may have given it up.
///
/// RabbitMQ sends something at least once a heartbeat, mostly twice. It gives up who was silent for two heartbeats at
/// least: it looks once in each, and must have found nothing new twice in a row. We send something every three quarters
/// of one at least. So from the moment that we fall silent, or deaf, it keeps us for one and a quarter.
struct Pulse: Sendable {
    let heartbeat: Duration
    private(set) var lastHeard: ContinuousClock.Instant
    /// The end of the thread's last turn.
    private(set) var lastTurn: ContinuousClock.Instant

    /// A heartbeat of zero is none: then nothing is known, and nobody given up.
    init(heartbeat: Duration, at now: ContinuousClock.Instant) {
        self.heartbeat = heartbeat
        lastHeard = now
        lastTurn = now
    }

    /// For how long the thread has not been at work, if longer than it can have been for want of a processor: it
    /// wakes every quarter of a heartbeat, so that only who is stopped misses four of them.
    ///
    /// Swift's continuous clock runs on while the machine sleeps (on Linux it is CLOCK_BOOTTIME).
    func standstill(at now: ContinuousClock.Instant) -> Duration? {
        let pause = now - lastTurn
        return heartbeat > .zero && pause > heartbeat ? pause : nil
    }

    /// What was found at the beginning of a turn may have come at any time since the last. Where that is long ago it
    /// counts as having come then.
    mutating func heard(at now: ContinuousClock.Instant) {
        let isLate = heartbeat > .zero && now - lastTurn > heartbeat / 2
        lastHeard = max(lastHeard, isLate ? lastTurn : now)
    }

    mutating func rested(at now: ContinuousClock.Instant) { lastTurn = now }

    /// How long the broker keeps who has heard it, at least; nil for always.
    var patience: Duration? { heartbeat > .zero ? heartbeat * 5 / 4 : nil }
}
