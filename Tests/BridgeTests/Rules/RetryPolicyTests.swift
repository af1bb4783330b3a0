import Bridge
import GWS
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy(backoff: Backoff(first: .milliseconds(100), longest: .seconds(5)))

    private func decide(
        _ outcome: Outcome, count: Int = 1, doubt: String? = nil, isRepeatable: Bool = false,
        deadline: Int64 = 60_000, now: Int64 = 0
    ) -> RetryPolicy.Decision {
        let attempts = RetryPolicy.Attempts(
            count: count, doubt: doubt, isRepeatable: isRepeatable, deadline: deadline)
        return policy.decide(outcome, after: attempts, now: now, jitter: 1)
    }

    private func final(_ decision: RetryPolicy.Decision) throws -> CommandOutcome {
        guard case .final(let outcome) = decision else { throw Other(decision: decision) }
        return outcome
    }

    private func unsettled(_ decision: RetryPolicy.Decision) throws -> CommandOutcome {
        guard case .settle(let outcome) = decision else { throw Other(decision: decision) }
        return outcome
    }

    private struct Other: Error { let decision: RetryPolicy.Decision }

    @Test func `GWS's yes is an acceptance, after a doubt too`() {
        #expect(decide(Outcome(.accepted)) == .accepted)
        #expect(decide(Outcome(.accepted), doubt: "cut", isRepeatable: true) == .accepted)
    }

    @Test func `GWS's no is the end with GWS's words`() throws {
        let outcome = try final(
            decide(Outcome(.refused(.gws), httpStatus: 500, statusCode: 4, statusMessage: "no")))
        #expect(outcome.kind == .refused)
        #expect(outcome.reason == "gws")
        #expect([outcome.httpStatus, outcome.statusCode] == [500, 4])
        #expect(outcome.statusMessage == "no")
    }

    @Test(arguments: [
        (Outcome.Unreachability.connect, "connect"), (.unavailable, "unavailable"), (.throttled, "throttled"),
        (.noSession, "no-session"),
    ])
    func `what GWS did not get is sent again within the command's time`(
        kind: Outcome.Unreachability, reason: String
    ) throws {
        #expect(decide(Outcome(.unreachable(kind))) == .again(.milliseconds(100)))
        #expect(decide(Outcome(.unreachable(kind)), count: 3) == .again(.milliseconds(400)))
        let late = try final(decide(Outcome(.unreachable(kind)), deadline: 100))
        #expect(late.kind == .unreachable)
        #expect(late.reason == reason)
    }

    @Test func `GWS's wish to be left alone is kept`() throws {
        let outcome = Outcome(.unreachable(.throttled), retryAfter: .seconds(7))
        #expect(decide(outcome) == .again(.seconds(7)))
        #expect(try final(decide(outcome, deadline: 7000)).reason == "throttled")
        #expect(
            decide(Outcome(.unknown(.cut), retryAfter: .seconds(7)), isRepeatable: true)
                == .again(.seconds(7)))
    }

    @Test(arguments: [
        (Outcome.Doubt.timedOut, "timed-out"), (.cut, "cut"), (.gwsError, "gws-error"),
    ])
    func `what GWS may have got is settled before it is sent again`(doubt: Outcome.Doubt, reason: String)
        throws
    {
        let outcome = try unsettled(decide(Outcome(.unknown(doubt), httpStatus: 502)))
        #expect(outcome.kind == .unknown)
        #expect(outcome.reason == reason)
        #expect(outcome.httpStatus == 502)
    }

    @Test func `what may be repeated is, and a refusal then settles nothing`() throws {
        #expect(decide(Outcome(.unknown(.cut)), isRepeatable: true) == .again(.milliseconds(100)))
        let refused = try unsettled(
            decide(Outcome(.refused(.gws), httpStatus: 500), doubt: "cut", isRepeatable: true))
        #expect(refused.kind == .unknown)
        #expect(refused.reason == "cut")
        #expect(refused.httpStatus == 500)
    }

    @Test func `what may be repeated is not repeated when its time is over`() throws {
        let cut = try unsettled(decide(Outcome(.unknown(.cut)), isRepeatable: true, deadline: 100))
        #expect(cut.reason == "cut")
        let gone = try unsettled(
            decide(Outcome(.unreachable(.connect)), doubt: "timed-out", isRepeatable: true, deadline: 50))
        #expect(gone.kind == .unknown)
        #expect(gone.reason == "timed-out")
    }

    @Test func `the first doubt is the reason, not the last`() throws {
        let outcome = try unsettled(
            decide(Outcome(.unknown(.timedOut)), doubt: "redelivered", isRepeatable: true, deadline: 50))
        #expect(outcome.reason == "redelivered")
    }

    @Test func `a time at the end of time does not overflow`() {
        #expect(decide(Outcome(.unreachable(.connect)), deadline: .max) == .again(.milliseconds(100)))
        let endless = Outcome(.unreachable(.throttled), retryAfter: .seconds(Int64.max))
        #expect(decide(endless, deadline: .max) == decide(endless, deadline: 0))
        #expect(
            decide(Outcome(.unreachable(.connect)), deadline: .max, now: .max)
                == decide(Outcome(.unreachable(.connect)), deadline: 0))
    }

    @Test func `the doubt of an attempt is of consequence for those behind it`() {
        var attempts = RetryPolicy.Attempts(doubt: nil, isRepeatable: true, deadline: 100)
        attempts.ended(Outcome(.unknown(.cut)))
        #expect(attempts.doubt == nil)
        #expect(attempts.isInDoubt)
        attempts.ended(Outcome(.refused(.gws)))
        #expect(attempts.doubt == "cut")
        #expect(attempts.count == 2)
    }

    @Test func `what was found not to have been done is in doubt no more, and its attempts count`() {
        var attempts = RetryPolicy.Attempts(
            count: 1, doubt: "redelivered", isRepeatable: false, deadline: 100)
        attempts.ended(Outcome(.unknown(.cut)))
        attempts.wereNotDone()
        #expect(!attempts.isInDoubt)
        #expect(attempts.count == 2)
    }

    @Test func `a command that was tried and is too late was unreachable and not expired`() throws {
        let attempts = RetryPolicy.Attempts(count: 1, doubt: nil, isRepeatable: false, deadline: 100)
        let outcome = try final(policy.overdue(Outcome(.unreachable(.connect)), attempts))
        #expect(outcome.kind == .unreachable)
        #expect(outcome.reason == "connect")
    }
}
