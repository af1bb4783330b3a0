/// When a connection's thread was last at work, and when the broker was last heard: what tells that the process was
/// suspended meanwhile, and whether the broker may have given it up.
///
/// With a heartbeat of T: RabbitMQ looks once in T, and gives up who it found silent twice in a row, so never before 2 T
/// have gone by since our last byte. We send something at every beat, a quarter of T apart, so that at the end of any
/// turn of the thread our last byte is younger than T/4: the broker keeps us for 1.75 T from there. What is found in
/// the next turn is taken for new only where the turn before began T/2 ago at most, and the broker is counted on for
/// 1.25 T from then. Together that is no more than the 1.75 T. It is enough for an idle broker: it sends something once
/// in T at least.
struct Pulse: Sendable {
    let heartbeat: Duration
    private(set) var lastHeard: ContinuousClock.Instant
    /// The end of the thread's last turn.
    private(set) var lastTurn: ContinuousClock.Instant
    /// Its beginning.
    private var lastLook: ContinuousClock.Instant

    /// A heartbeat of zero is none: then nothing is known, and nobody given up.
    init(heartbeat: Duration, at now: ContinuousClock.Instant) {
        self.heartbeat = heartbeat
        lastHeard = now
        lastTurn = now
        lastLook = now
    }

    /// How often something is sent; nil for never.
    var beat: Duration? { heartbeat > .zero ? heartbeat / 4 : nil }

    /// For how long the thread has not been at work, if longer than it can have been for want of a processor: it
    /// wakes every quarter of a heartbeat, so that only who is stopped misses four of them.
    ///
    /// Swift's continuous clock runs on while the machine sleeps (on Linux it is CLOCK_BOOTTIME).
    func standstill(at now: ContinuousClock.Instant) -> Duration? {
        let pause = now - lastTurn
        return heartbeat > .zero && pause > heartbeat ? pause : nil
    }

    /// What is found in a turn may have come at any time since the last one began. Where that is long ago it counts as
    /// having come then.
    mutating func heard(at now: ContinuousClock.Instant) {
        let isLate = heartbeat > .zero && now - lastLook > heartbeat / 2
        lastHeard = max(lastHeard, isLate ? lastLook : now)
    }

    /// A turn is over.
    mutating func rested(at now: ContinuousClock.Instant, since beginning: ContinuousClock.Instant) {
        lastTurn = now
        lastLook = beginning
    }

    /// For how long the broker is counted on after it was heard; nil for always.
    var patience: Duration? { heartbeat > .zero ? heartbeat * 5 / 4 : nil }
}
