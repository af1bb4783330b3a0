import Testing

@testable import Bridge

struct CompletionTests {
    private let answer = CommandOutcome(.accepted, httpStatus: 200, statusCode: 0)
    private let doubt = CommandOutcome(.unknown, reason: "cut")

    /// Sent or taken at 1000, with 5 s for the change and a minute to be sent in.
    private func taken(within: Int64 = 5000, end: Int64 = .max, heldBefore: Bool = false) -> Completion {
        Completion(
            .isDone(answer: answer), since: 1000, within: within, deadline: 60_000, end: end,
            heldBefore: heldBefore)
    }

    private func doubtful(within: Int64 = 5000, deadline: Int64 = 60_000) -> Completion {
        Completion(.wasGot(unsettled: doubt), since: 1000, within: within, deadline: deadline)
    }

    private func looked(
        _ completion: Completion, _ look: Completion.Look, isSuperseded: Bool = false, at now: Int64 = 6000
    ) -> Completion.Step {
        var completion = completion
        return completion.looked(look, isSuperseded: isSuperseded, now: now, jitter: 1)
    }

    private func ended(_ step: Completion.Step) throws -> CommandOutcome {
        guard case .end(let outcome) = step else { throw GoesOn(step: step) }
        return outcome
    }

    private struct GoesOn: Error { let step: Completion.Step }

    @Test func `what GWS took has its time to show, and what it may have got is looked for at once`() {
        #expect(taken().begin() == .wait(until: 6000))
        #expect(doubtful().begin() == .look)
    }

    @Test func `an event confirms, with GWS's answer and the event's id`() {
        let outcome = taken().decide(.change)
        #expect(outcome?.kind == .confirmed)
        #expect([outcome?.httpStatus, outcome?.statusCode] == [200, 0])
        #expect(
            outcome?.confirmation?.means == .event(messageID: "5001/e/1", notificationType: "StatusChange"))
        #expect(outcome?.confirmation?.already == false)
        #expect(doubtful().decide(.change)?.kind == .confirmed)
    }

    @Test func `an event of what stood so before confirms it as that`() {
        let sighting = Sighting.changed(messageID: "m", notificationType: nil, already: true)
        #expect(taken().decide(sighting)?.confirmation?.already == true)
    }

    @Test func `a failure that GWS tells of refuses what it took`() {
        let outcome = taken().decide(.failed(message: "no", isNamed: false))
        #expect(outcome?.kind == .refused)
        #expect(outcome?.reason == "error-message")
        #expect(outcome?.detail == "no")
        #expect(taken().decide(.failed(message: nil, isNamed: false))?.detail?.isEmpty == false)
    }

    @Test func `what GWS may have got is refused only by a failure that names it`() {
        #expect(doubtful().decide(.failed(message: "no", isNamed: true))?.kind == .refused)
        #expect(doubtful().decide(.failed(message: "no", isNamed: false)) == nil)
    }

    @Test func `the call's end leaves unconfirmed what GWS took, and settles no doubt`() {
        let glimpse = CommandOutcome.CallGlimpse(state: "Released")
        let outcome = taken().decide(.callEnded(glimpse))
        #expect(outcome?.kind == .unconfirmed)
        #expect(outcome?.reason == "call-ended")
        #expect(outcome?.lastSeen == glimpse)
        #expect(doubtful().decide(.callEnded(glimpse)) == nil)
    }

    @Test func `what is read to be as wanted is confirmed, and where it stood so before as that`() throws {
        let confirmations = try [taken(), taken(heldBefore: true), doubtful()].map {
            try ended(looked($0, .asWanted)).confirmation
        }
        #expect(
            confirmations == [
                .init(.reading, already: false), .init(.reading, already: true),
                .init(.reading, already: true),
            ])
    }

    @Test(arguments: [
        (Completion.Look.otherwise, false, "no-change"), (.asBefore, false, "no-change"),
        (.otherwise, true, "superseded"), (.over, true, "call-ended"), (.impossible, false, "no-change"),
        (.impossible, true, "superseded"),
    ])
    func `what is not read to be so is unconfirmed, and why`(
        look: Completion.Look, isSuperseded: Bool, reason: String
    ) throws {
        let outcome = try ended(looked(taken(), look, isSuperseded: isSuperseded))
        #expect(outcome.kind == .unconfirmed)
        #expect(outcome.reason == reason)
        #expect(outcome.httpStatus == 200)
    }

    @Test func `what was seen is told with an outcome that is no success`() throws {
        #expect(try ended(looked(taken(), .otherwise)).lastSeen == .sample)
        #expect(try ended(looked(doubtful(), .otherwise)).lastSeen == .sample)
    }

    @Test func `before its time is over only the wish or the end is believed`() throws {
        for look in [Completion.Look.otherwise, .asBefore, .impossible] {
            #expect(looked(taken(), look, at: 5999) == .wait(until: 6000))
            #expect(looked(doubtful(), look, at: 5999) == .wait(until: 6000))
        }
        #expect(try ended(looked(taken(), .over, at: 1000)).reason == "call-ended")
        #expect(try ended(looked(doubtful(), .asWanted, at: 1000)).kind == .confirmed)
    }

    @Test func `what stands as before is sent again, within the command's time`() throws {
        guard case .sendAgain(let unsettled) = looked(doubtful(), .asBefore) else {
            Issue.record("it is not sent again")
            return
        }
        #expect(unsettled.reason == "cut")
        #expect(unsettled.lastSeen == .sample)
        #expect(try ended(looked(doubtful(deadline: 6000), .asBefore)) == unsettled)
    }

    @Test(arguments: [Completion.Look.otherwise, .over, .impossible])
    func `what is neither as wanted nor as before stays unknown`(look: Completion.Look) throws {
        let outcome = try ended(looked(doubtful(), look))
        #expect(outcome.kind == .unknown)
        #expect(outcome.reason == "cut")
    }

    @Test func `where GWS cannot be read it is asked again with growing pauses, and not for ever`() throws {
        var completion = taken()
        var now: Int64 = 6000
        var pauses: [Int64] = []
        while case .wait(let until) = completion.looked(
            .failed("down"), isSuperseded: false, now: now, jitter: 1)
        {
            pauses.append(until - now)
            now = until
        }
        #expect(pauses.prefix(4) == [100, 200, 400, 800])
        #expect(now == 11_000)
        #expect(try ended(looked(taken(), .failed("down"), at: now)).reason == "no-change")
    }

    @Test func `of an agent who is gone nothing is waited for`() throws {
        let outcome = try ended(looked(taken(), .over("gone"), at: 1000))
        #expect(
            [outcome.kind.rawValue, outcome.reason, outcome.detail] == ["unconfirmed", "no-change", "gone"])
        #expect(try ended(looked(doubtful(), .over("gone"), at: 1000)) == doubt)
    }

    @Test func `a doubt is asked about as long as the command may be sent`() throws {
        #expect(looked(doubtful(), .failed("down"), at: 59_990) == .wait(until: 60_000))
        #expect(try ended(looked(doubtful(), .failed("down"), at: 60_000)) == doubt)
    }

    @Test func `nothing is waited for past the end, and GWS is asked for a little longer`() throws {
        let completion = taken(within: 900_000, end: 100_000)
        #expect(completion.begin() == .wait(until: 100_000))
        #expect(looked(completion, .failed("down"), at: 104_950) == .wait(until: 105_000))
        #expect(try ended(looked(completion, .failed("down"), at: 105_000)).reason == "no-change")
    }

    @Test func `an end that has passed leaves no time`() throws {
        #expect(taken(end: 0).begin() == .wait(until: 1000))
    }

    @Test func `the shortest time is a time`() throws {
        #expect(taken(within: 1).begin() == .wait(until: 1001))
        #expect(try ended(looked(taken(within: 1), .otherwise, at: 1001)).reason == "no-change")
    }

    @Test func `times at the end of time do not overflow`() {
        let completion = taken(within: .max)
        #expect(completion.begin() == .wait(until: .max))
        #expect(looked(completion, .failed("down"), at: .max - 1) == .wait(until: .max))
        #expect(looked(doubtful(deadline: .max), .failed("down"), at: .max - 1) == .wait(until: .max))
    }
}
