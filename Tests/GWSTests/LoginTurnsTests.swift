import Testing

@testable import GWS

struct LoginTurnsTests {
    private let start = ContinuousClock.now

    /// Milliseconds after the start.
    private func take(_ turns: inout LoginTurns, at now: Int = 0) -> Int {
        Int((turns.take(now: start + .milliseconds(now)) - start) / .milliseconds(1))
    }

    @Test func `they come one after another at the rate`() {
        var turns = LoginTurns(perSecond: 10, now: start)
        let taken = (0..<4).map { _ in take(&turns) }
        #expect(taken == [0, 100, 200, 300])
    }

    @Test func `after quiet a second's worth may go at once`() {
        var turns = LoginTurns(perSecond: 4, now: start)
        let taken = (0..<6).map { _ in take(&turns, at: 10_000) }
        #expect(taken == [9000, 9250, 9500, 9750, 10_000, 10_250])
    }

    @Test func `a turn that was given back is the next one's`() {
        var turns = LoginTurns(perSecond: 10, now: start)
        _ = (0..<5).map { _ in take(&turns) }
        turns.giveBack(start + .milliseconds(300))
        turns.giveBack(start + .milliseconds(200))
        let taken = (0..<3).map { _ in take(&turns) }
        #expect(taken == [200, 300, 500])
    }

    @Test func `a turn that was given back long ago is nobody's`() {
        var turns = LoginTurns(perSecond: 10, now: start)
        _ = take(&turns)
        turns.giveBack(start)
        let taken = take(&turns, at: 5000)
        #expect(taken == 4000)
    }

    @Test func `without a rate nobody waits`() {
        var turns = LoginTurns(perSecond: 0, now: start)
        let taken = (0..<100).map { _ in take(&turns) }
        #expect(taken.allSatisfy { $0 <= 0 })
    }
}
