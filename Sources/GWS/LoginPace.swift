import NIOConcurrencyHelpers

/// Lets log-ins through at a rate, so that many agents at once do not look like an attack.
struct LoginPace: Sendable {
    private let turns: NIOLockedValueBox<LoginTurns>

    init(perSecond rate: Double) {
        turns = NIOLockedValueBox(LoginTurns(perSecond: rate, now: .now))
    }

    /// - Throws: `CancellationError`; the turn is then another's.
    func wait() async throws {
        let now = ContinuousClock.now
        let turn = turns.withLockedValue { $0.take(now: now) }
        guard turn > now else { return }
        do {
            try await Task.sleep(until: turn, clock: .continuous)
        } catch {
            turns.withLockedValue { $0.giveBack(turn) }
            throw error
        }
    }
}
