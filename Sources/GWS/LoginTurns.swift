/// Whose turn it is when, where only so many may come in a second.
struct LoginTurns: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let interval: Duration
    private var next: Instant
    /// Turns that nobody took, earliest first.
    private var returned: [Instant] = []

    /// - Parameter rate: zero or less is no limit.
    init(perSecond rate: Double, now: Instant) {
        interval = rate > 0 ? .seconds(1 / rate) : .zero
        next = now
    }

    /// The next turn. One that lies in the past is now: a second's worth may go at once, after quiet.
    mutating func take(now: Instant) -> Instant {
        let oldest = now - .seconds(1)
        returned.removeAll { $0 < oldest }
        if let first = returned.first, first < next { return returned.removeFirst() }
        let turn = max(next, oldest)
        next = turn + interval
        return turn
    }

    /// It was not used: whoever comes next takes it.
    mutating func giveBack(_ turn: Instant) {
        returned.insert(turn, at: returned.firstIndex { $0 > turn } ?? returned.endIndex)
    }
}
