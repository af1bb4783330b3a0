import NIOConcurrencyHelpers

/// Lets log-ins through at a rate, so that many agents at once do not look like an attack.
struct LoginPace: Sendable {
    private let interval: Duration
    private let next = NIOLockedValueBox(ContinuousClock.now)

    init(perSecond rate: Double) {
        interval = rate > 0 ? .seconds(1 / rate) : .zero
    }

    func wait() async throws {
        let now = ContinuousClock.now
        let turn = next.withLockedValue { next in
            // A second's worth may go at once, after quiet.
            let turn = max(next, now - .seconds(1))
            next = turn + interval
            return turn
        }
        if turn > now { try await Task.sleep(until: turn, clock: .continuous) }
    }
}
