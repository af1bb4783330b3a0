import GWS
import Testing

@testable import Bridge

struct CommandCourseTests {
    private let cut = Outcome(.unknown(.cut))
    private let accepted = Outcome(.accepted, httpStatus: 200, statusCode: 0)

    private func course(
        _ plan: CommandCourse.Plan = .sample(), past: CommandCourse.Past = .unsent(attempts: 0)
    ) -> CommandCourse {
        CommandCourse(
            plan, past: past,
            policy: RetryPolicy(backoff: Backoff(first: .milliseconds(100), longest: .seconds(5))))
    }

    private func begun(_ plan: CommandCourse.Plan = .sample(), past: CommandCourse.Past, at now: Int64 = 1000)
        -> CommandCourse.Step
    {
        var course = course(plan, past: past)
        return course.begin(now: now)
    }

    private func ended(_ step: CommandCourse.Step) throws -> CommandOutcome {
        guard case .end(let outcome) = step else { throw GoesOn(step: step) }
        return outcome
    }

    private struct GoesOn: Error { let step: CommandCourse.Step }

    // MARK: - Beginning

    @Test func `a new command is sent, unless its time is over`() throws {
        #expect(begun(past: .unsent(attempts: 0)) == .send)
        let late = try ended(begun(past: .unsent(attempts: 0), at: 60_000))
        #expect([late.kind.rawValue, late.reason] == ["expired", "deadline"])
        let old = try ended(begun(.sample(hasOwnDeadline: false), past: .unsent(attempts: 0), at: 60_000))
        #expect(old.reason == "lifetime")
    }

    @Test func `what GWS took before is not sent again but looked for`() {
        #expect(begun(past: .accepted(at: 500, attempts: 1)) == .look)
        #expect(begun(past: .accepted(at: 500, attempts: 1), at: 90_000) == .look)
    }

    @Test func `what GWS took, and cannot be seen or is not to be, is final`() throws {
        for plan in [CommandCourse.Plan.sample(isVisible: false), .sample(confirms: false)] {
            #expect(try ended(begun(plan, past: .accepted(at: 500, attempts: 1))).kind == .accepted)
            var course = course(plan)
            #expect(try ended(course.sent(accepted, heldBefore: false, now: 0, jitter: 1)).httpStatus == 200)
        }
    }

    @Test func `a command in doubt is sent again only if it is repeatable and in time`() throws {
        let past = CommandCourse.Past.doubtful("redelivered", attempts: 1, sentAt: nil)
        #expect(begun(past: past) == .look)
        #expect(begun(.sample(isRepeatable: true), past: past) == .send)
        #expect(begun(.sample(isRepeatable: true), past: past, at: 60_000) == .look)
        let unknown = try ended(begun(.sample(isVisible: false), past: past))
        #expect([unknown.kind.rawValue, unknown.reason] == ["unknown", "redelivered"])
    }

    @Test func `a clock that was set back does not prolong the wait`() {
        for past in [
            CommandCourse.Past.accepted(at: 3_600_000, attempts: 1),
            .doubtful("redelivered", attempts: 1, sentAt: 3_600_000),
        ] {
            var course = course(past: past)
            _ = course.begin(now: 1000)
            let step = course.looked(.otherwise, isSuperseded: false, now: 1000, jitter: 1)
            #expect(step == .wait(until: 6000))
        }
    }

    // MARK: - Sending

    @Test func `what GWS takes waits for its change, and is seen meanwhile`() {
        var course = course()
        #expect(!course.mayBeSeen)
        #expect(course.sent(accepted, heldBefore: false, now: 1000, jitter: 1) == .wait(until: 6000))
        #expect(course.isAccepted)
        #expect(course.saw(.change)?.kind == .confirmed)
        #expect(course.timePassed(now: 6000) == .look)
    }

    @Test func `what GWS did not get pauses and is sent again`() throws {
        var course = course()
        #expect(
            course.sent(Outcome(.unreachable(.connect)), heldBefore: false, now: 1000, jitter: 1)
                == .wait(until: 1100))
        #expect(!course.mayBeSeen)
        #expect(course.timePassed(now: 1100) == .send)
        // A suspended process slept longer.
        let late = try ended(course.timePassed(now: 60_000))
        #expect([late.kind.rawValue, late.reason] == ["unreachable", "connect"])
    }

    @Test func `a refusal is the end, also where an event came before the reply`() throws {
        var course = course()
        #expect(course.saw(.change) == nil)
        let refused = Outcome(.refused(.gws), httpStatus: 500, statusCode: 4)
        #expect(try ended(course.sent(refused, heldBefore: false, now: 1000, jitter: 1)).kind == .refused)
    }

    @Test func `what GWS may have got is looked for before it is sent again`() {
        var course = course()
        #expect(course.sent(cut, heldBefore: false, now: 1000, jitter: 1) == .look)
        #expect(course.mayBeSeen)
        #expect(!course.isAccepted)
        #expect(course.looked(.asBefore, isSuperseded: false, now: 1000, jitter: 1) == .wait(until: 6000))
        #expect(course.timePassed(now: 6000) == .look)
        #expect(course.looked(.asBefore, isSuperseded: false, now: 6000, jitter: 1) == .send)
        #expect(!course.attempts.isInDoubt)
    }

    @Test func `a producer in a hurry does not have a command done twice`() {
        var course = course(.sample(confirmWithin: 1, settleWithin: 5000))
        _ = course.sent(cut, heldBefore: false, now: 1000, jitter: 1)
        #expect(course.looked(.asBefore, isSuperseded: false, now: 1001, jitter: 1) == .wait(until: 6000))
    }

    @Test func `after a doubt was settled GWS's word is the last`() throws {
        var course = course()
        _ = course.sent(cut, heldBefore: false, now: 1000, jitter: 1)
        _ = course.looked(.asBefore, isSuperseded: false, now: 6000, jitter: 1)
        let refused = Outcome(.refused(.gws), httpStatus: 500, statusCode: 4)
        #expect(try ended(course.sent(refused, heldBefore: false, now: 6100, jitter: 1)).kind == .refused)
    }

    @Test func `a refusal of what was sent again in doubt is settled by reading`() throws {
        var course = course(.sample(isRepeatable: true))
        #expect(course.sent(cut, heldBefore: false, now: 1000, jitter: 1) == .wait(until: 1100))
        #expect(course.sent(Outcome(.refused(.gws)), heldBefore: false, now: 1200, jitter: 1) == .look)
        let outcome = try ended(course.looked(.asWanted, isSuperseded: false, now: 1300, jitter: 1))
        #expect(outcome.kind == .confirmed)
        #expect(outcome.confirmation?.already == true)
    }

    @Test func `an event of an attempt in doubt confirms it while it pauses`() {
        var course = course(.sample(isRepeatable: true))
        _ = course.sent(cut, heldBefore: false, now: 1000, jitter: 1)
        #expect(course.saw(.change)?.kind == .confirmed)
        #expect(course.saw(.failed(message: nil, isNamed: true)) == nil)
    }

    @Test func `an event that comes after all spares the second attempt`() {
        var course = course()
        _ = course.sent(cut, heldBefore: false, now: 1000, jitter: 1)
        _ = course.looked(.asBefore, isSuperseded: false, now: 6000, jitter: 1)
        #expect(course.mayBeSeen)
        #expect(course.saw(.change)?.kind == .confirmed)
    }

    // MARK: - Not sending

    @Test func `what was found undone and comes too late was sent, and is not expired`() throws {
        var course = course()
        _ = course.sent(cut, heldBefore: false, now: 1000, jitter: 1)
        _ = course.looked(.asBefore, isSuperseded: false, now: 6000, jitter: 1)
        let outcome = try ended(course.cameTooLate(now: 60_000))
        #expect([outcome.kind.rawValue, outcome.reason] == ["unknown", "cut"])
        #expect(outcome.lastSeen == .sample)
    }

    @Test func `a doubt that comes too late to be sent again is settled`() throws {
        var course = course(
            .sample(isRepeatable: true), past: .doubtful("redelivered", attempts: 1, sentAt: nil))
        #expect(course.begin(now: 59_999) == .send)
        #expect(course.cameTooLate(now: 60_000) == .look)
        let outcome = try ended(course.looked(.otherwise, isSuperseded: false, now: 65_000, jitter: 1))
        #expect([outcome.kind.rawValue, outcome.reason] == ["unknown", "redelivered"])
    }

    @Test func `what is not sent ends as is said, if that is all there is to say`() throws {
        let rejected = CommandOutcome(.rejected, reason: "agent-unknown")
        var new = course()
        #expect(try ended(new.isNotSent(rejected, now: 1000)) == rejected)
        var redelivered = course(past: .unsent(attempts: 2))
        #expect(try ended(redelivered.isNotSent(rejected, now: 1000)) == rejected)
        var pausing = course()
        _ = pausing.sent(Outcome(.unreachable(.connect)), heldBefore: false, now: 1000, jitter: 1)
        #expect(try ended(pausing.isNotSent(rejected, now: 1000)).kind == .unreachable)
    }

    @Test func `a reading that was to come to nothing lets the way go on`() {
        var course = course()
        #expect(course.looked(.otherwise, isSuperseded: false, now: 1000, jitter: 1) == .send)
    }

    @Test func `a command is not held longer than it may be`() {
        var course = course(.sample(confirmWithin: 900_000, end: 20_000))
        #expect(course.sent(accepted, heldBefore: false, now: 1000, jitter: 1) == .wait(until: 20_000))
        #expect(
            course.looked(.failed("down"), isSuperseded: false, now: 24_990, jitter: 1)
                == .wait(until: 25_000))
    }
}
