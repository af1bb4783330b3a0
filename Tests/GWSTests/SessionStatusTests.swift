import Testing

@testable import GWS

struct SessionStatusTests {
    private let now = ContinuousClock.now

    /// Polls take forty seconds at most.
    private func overdue(_ phase: SessionStatus.Phase, after age: Duration?) -> Duration? {
        var status = SessionStatus(phase: phase, lastPollAnswered: age.map { now - $0 })
        status.pollPatience = .seconds(40)
        return status.overdue(at: now)
    }

    @Test(arguments: [SessionStatus.Phase.polling, .renewing])
    func `a session whose polls are not answered is overdue after their time and a margin`(
        phase: SessionStatus.Phase
    ) {
        #expect(overdue(phase, after: .seconds(45)) == nil)
        #expect(overdue(phase, after: .seconds(46)) == .seconds(46))
    }

    @Test(arguments: [SessionStatus.Phase.idle, .starting, .failed("HTTP 500")])
    func `a session that does not poll is not overdue`(phase: SessionStatus.Phase) {
        #expect(overdue(phase, after: .seconds(3600)) == nil)
    }

    @Test func `a session whose polls were never answered is not overdue`() {
        #expect(overdue(.polling, after: nil) == nil)
    }
}
