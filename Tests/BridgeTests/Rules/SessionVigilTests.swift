import Testing

@testable import Bridge
@testable import GWS

struct SessionVigilTests {
    private let start = ContinuousClock.now

    private func status(_ phase: SessionStatus.Phase = .polling, answered: Duration) -> SessionStatus {
        var status = SessionStatus()
        status.phase = phase
        status.pollPatience = .seconds(40)
        status.lastPollAnswered = start + answered
        return status
    }

    /// Looks every few seconds, and says when it finds the session stuck.
    private func stuck(
        _ status: SessionStatus, lookingFor time: Duration, every pause: Duration = .seconds(5)
    ) -> Duration? {
        var vigil = SessionVigil(since: start)
        var elapsed = Duration.zero
        while elapsed < time {
            elapsed += pause
            if vigil.isStuck(status, at: start + elapsed) { return elapsed }
        }
        return nil
    }

    @Test func `a session is stuck when its poll was due long ago`() {
        #expect(stuck(status(answered: .seconds(10)), lookingFor: .seconds(600)) == .seconds(75))
    }

    @Test func `a poll that may still be answered is waited for`() {
        #expect(stuck(status(answered: .seconds(10)), lookingFor: .seconds(70)) == nil)
    }

    @Test func `a session that does not poll is somebody else's care`() {
        #expect(stuck(status(.starting, answered: .zero), lookingFor: .seconds(600)) == nil)
        #expect(stuck(status(.failed("gone"), answered: .zero), lookingFor: .seconds(600)) == nil)
    }

    @Test func `a process that slept gives the session the time to be answered`() {
        var vigil = SessionVigil(since: start)
        let status = status(answered: .zero)
        let onWaking = vigil.isStuck(status, at: start + .seconds(3600))
        let later = vigil.isStuck(status, at: start + .seconds(3605))
        #expect([onWaking, later] == [false, true])
    }

    @Test func `what was answered before the session was begun anew does not count`() {
        var vigil = SessionVigil(since: start + .seconds(100))
        let isStuck = vigil.isStuck(status(answered: .zero), at: start + .seconds(105))
        #expect(!isStuck)
    }
}
