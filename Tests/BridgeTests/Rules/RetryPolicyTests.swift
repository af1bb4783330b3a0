import Bridge
import GWS
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy(backoff: Backoff(first: .milliseconds(100), longest: .seconds(5)))

    private func decide(
        _ outcome: Outcome, count: Int = 1, doubt: String? = nil, isRepeatable: Bool = false,
        deadline: Int64 = 60_000
    ) -> RetryPolicy.Decision {
        let attempts = RetryPolicy.Attempts(
            count: count, doubt: doubt, isRepeatable: isRepeatable, deadline: deadline)
        return policy.decide(outcome, after: attempts, now: 0, jitter: 1)
    }

    private func final(_ decision: RetryPolicy.Decision) throws -> CommandOutcome {
        guard case .final(let outcome) = decision else { throw NotFinal() }
        return outcome
    }

    private struct NotFinal: Error {}

    @Test func `GWS's yes is the end`() throws {
        #expect(try final(decide(Outcome(.accepted, httpStatus: 200, statusCode: 0))).kind == .accepted)
    }

    @Test func `GWS's no is the end with GWS's words`() throws {
        let outcome = try final(
            decide(Outcome(.refused(.gws), httpStatus: 500, statusCode: 4, statusMessage: "no")))
        #expect(outcome.kind == .refused)
        #expect(outcome.reason == "gws")
        #expect([outcome.httpStatus, outcome.statusCode] == [500, 4])
        #expect(outcome.statusMessage == "no")
    }

    @Test func `what GWS did not get is sent again within the command's time`() throws {
        #expect(decide(Outcome(.unreachable(.connect))) == .again(.milliseconds(100)))
        #expect(decide(Outcome(.unreachable(.connect)), count: 3) == .again(.milliseconds(400)))
        let late = try final(decide(Outcome(.unreachable(.unavailable)), deadline: 100))
        #expect(late.kind == .unreachable)
        #expect(late.reason == "unavailable")
    }

    @Test func `GWS's wish to be left alone is kept`() {
        let outcome = Outcome(.unreachable(.throttled), retryAfter: .seconds(7))
        #expect(decide(outcome) == .again(.seconds(7)))
    }

    @Test func `what GWS may have got is not sent again`() throws {
        let outcome = try final(decide(Outcome(.unknown(.timedOut))))
        #expect(outcome.kind == .unknown)
        #expect(outcome.reason == "timed-out")
    }

    @Test func `what may be repeated is, and a refusal then settles nothing`() throws {
        #expect(decide(Outcome(.unknown(.cut)), isRepeatable: true) == .again(.milliseconds(100)))
        let refused = try final(
            decide(Outcome(.refused(.gws), httpStatus: 500), doubt: "cut", isRepeatable: true))
        #expect(refused.kind == .unknown)
        #expect(refused.reason == "cut")
        #expect(refused.httpStatus == 500)
        let gone = try final(
            decide(Outcome(.unreachable(.connect)), doubt: "cut", isRepeatable: true, deadline: 50))
        #expect(gone.kind == .unknown)
        #expect(gone.reason == "cut")
    }

    @Test func `a deadline at the end of time does not overflow`() {
        #expect(decide(Outcome(.unreachable(.connect)), deadline: .max) == .again(.milliseconds(100)))
        let endless = Outcome(.unreachable(.throttled), retryAfter: .seconds(Int64.max))
        #expect(decide(endless, deadline: .max) != .again(.milliseconds(100)))
    }

    @Test func `before it is sent a command may be too late or in doubt`() {
        func before(doubt: String? = nil, isRepeatable: Bool = false, isLate: Bool, isOwn: Bool = true)
            -> [String?]
        {
            let attempts = RetryPolicy.Attempts(doubt: doubt, isRepeatable: isRepeatable, deadline: 100)
            let outcome = policy.decideBefore(attempts, hasOwnDeadline: isOwn, now: isLate ? 100 : 99)
            return [outcome?.kind.rawValue, outcome?.reason]
        }
        #expect(before(isLate: false) == [nil, nil])
        #expect(before(isLate: true) == ["expired", "deadline"])
        #expect(before(isLate: true, isOwn: false) == ["expired", "lifetime"])
        #expect(before(doubt: "redelivered", isLate: false) == ["unknown", "redelivered"])
        #expect(before(doubt: "redelivered", isRepeatable: true, isLate: false) == [nil, nil])
        #expect(before(doubt: "redelivered", isRepeatable: true, isLate: true) == ["unknown", "redelivered"])
    }

    @Test func `the doubt of an attempt is of consequence for those behind it`() {
        var attempts = RetryPolicy.Attempts(doubt: nil, isRepeatable: true, deadline: 100)
        attempts.ended(Outcome(.unknown(.cut)))
        #expect(attempts.doubt == nil)
        attempts.ended(Outcome(.refused(.gws)))
        #expect(attempts.doubt == "cut")
        #expect(attempts.count == 2)
    }

    @Test func `a command that was tried and is too late was unreachable and not expired`() {
        let attempts = RetryPolicy.Attempts(count: 1, doubt: nil, isRepeatable: false, deadline: 100)
        let outcome = policy.overdue(Outcome(.unreachable(.connect)), attempts)
        #expect(outcome.kind == .unreachable)
        #expect(outcome.reason == "connect")
    }
}
