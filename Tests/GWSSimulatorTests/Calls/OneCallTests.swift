import GWSSimulator
import Testing

@Suite struct OneCallTests {
    @Test func `a call from outside rings at the agent and offers no Hangup`() throws {
        var desk = Desk()
        try desk.call("+4930", "5001")
        #expect(desk.news() == ["5001 a StatusChange Ringing"])
        #expect(desk.leg("5001", "a")?.call.kind == .inbound)
        #expect(
            desk.offered("5001", "a") == [
                "Answer", "AttachUserData", "ClearCall", "DeleteUserData", "DeleteUserDataPair",
                "UpdateUserData",
            ])
    }

    @Test func `GWS cannot answer at a telephone in the public network`() throws {
        var desk = Desk()
        desk.phones.telephones["5001"]?.isPublic = true
        try desk.call("+4930", "5001")
        #expect(!desk.offered("5001", "a").contains("Answer"))
        #expect(desk.refusal("5001", "a", .answer) == .notAllowed(operation: "Answer", state: .ringing))
    }

    @Test func `answering establishes both legs of an internal call, the answering one first`() throws {
        var desk = Desk()
        try desk.call("5002", "5001")
        #expect(desk.news() == ["5002 a StatusChange Dialing", "5001 a StatusChange Ringing"])
        try desk.act("5001", "a", .answer)
        #expect(desk.news() == ["5001 a StatusChange Established", "5002 a StatusChange Established"])
    }

    @Test func `an established call offers what is documented`() throws {
        let desk = try Desk.talking()
        #expect(
            desk.offered("5001", "a") == [
                "AttachUserData", "ClearCall", "DeleteUserData", "DeleteUserDataPair", "Hangup", "Hold",
                "InitiateConference", "InitiateTransfer", "SendDtmf", "SingleStepConference",
                "SingleStepTransfer", "StartCallRecording", "UpdateUserData",
            ])
    }

    @Test func `holding changes only the leg of the one who holds`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .hold)
        #expect(desk.news() == ["5001 a StatusChange Held"])
        #expect(desk.parties("a") == ["5002 Established", "5001 Held"])
        #expect(
            desk.offered("5001", "a") == [
                "AttachUserData", "DeleteUserData", "DeleteUserDataPair", "Hangup", "InitiateConference",
                "InitiateTransfer", "Retrieve", "SingleStepConference", "SingleStepTransfer",
                "StartCallRecording", "UpdateUserData",
            ])
        try desk.act("5001", "a", .retrieve)
        #expect(desk.news() == ["5001 a StatusChange Established"])
    }

    @Test func `hanging up releases every leg and offers nothing more`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .hangup)
        #expect(desk.news() == ["5001 a StatusChange Released", "5002 a StatusChange Released"])
        #expect(desk.lastTold("5001", "a")?.capabilities == [])
        #expect(desk.lastTold("5002", "a")?.capabilities == [])
        #expect(desk.leg("5001", "a") == nil)
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test func `the one who hangs up still sees with whom it talked`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .hangup)
        let leg = try #require(desk.lastTold("5001", "a"))
        #expect(leg.call.participants(for: leg.party.person).map(\.number) == ["+4930"])
    }

    @Test func `who answers another call holds the first`() throws {
        var desk = try Desk.talking()
        try desk.call("+4931", "5001")
        _ = desk.news()
        try desk.act("5001", "b", .answer)
        #expect(desk.news() == ["5001 a StatusChange Held", "5001 b StatusChange Established"])
    }

    @Test func `who dials another call holds the first`() throws {
        var desk = try Desk.talking()
        try desk.call("5001", "5002")
        #expect(
            desk.news() == [
                "5001 a StatusChange Held", "5001 b StatusChange Dialing", "5002 b StatusChange Ringing",
            ])
    }

    @Test func `a second telephone of the agent leaves the first as it is`() throws {
        var desk = try Desk.talking()
        desk.phones.telephones["5101"] = Telephone(agent: "5001", number: "5101")
        try desk.call("+4931", "5101")
        try desk.act("5101", "b", .answer)
        #expect(desk.parties("a") == ["+4930 Established", "5001 Established"])
    }

    @Test func `muting offers unmuting and nothing else changes`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .muteCall)
        #expect(desk.news() == ["5001 a StatusChange Established"])
        #expect(desk.leg("5001", "a")?.party.isMuted == true)
        #expect(desk.offered("5001", "a").contains("UnmuteCall"))
        #expect(desk.refusal("5001", "a", .muteCall) != nil)
        try desk.act("5001", "a", .unmuteCall)
        #expect(desk.leg("5001", "a")?.party.isMuted == false)
    }

    @Test func `digits are told without being named`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .sendDtmf("12"))
        #expect(desk.news() == ["5001 a DtmfSent Established"])
    }

    @Test(arguments: [
        CallOperation.hold, .retrieve, .hangup, .startCallRecording, .pauseCallRecording,
        .resumeCallRecording, .stopCallRecording, .unmuteCall, .muteCall, .sendDtmf("1"),
        .singleStepTransfer(Destination("5002")), .singleStepConference(Destination("5002")),
        .initiateTransfer(Destination("5002")), .initiateConference(Destination("5002")),
        .completeTransfer(consult: nil), .completeConference(consult: nil), .removeParticipant("+4930"),
        .swapCalls(other: "x"), .switchToBargeIn, .switchToListenIn, .muteMonitoredUser,
        .unmuteMonitoredUser,
    ])
    func `an operation that is not offered is refused and changes nothing`(operation: CallOperation) throws {
        var desk = Desk()
        try desk.call("+4930", "5001")
        let before = desk.leg("5001", "a")
        #expect(
            desk.refusal("5001", "a", operation) == .notAllowed(operation: operation.name, state: .ringing))
        #expect(desk.leg("5001", "a") == before)
    }

    @Test func `a call is not the call of an agent who is not on it`() throws {
        var desk = try Desk.talking()
        #expect(desk.refusal("5002", "a", .hold) == .noSuchCall(desk.id("a")))
    }

    @Test func `nothing is done without the feature for voice`() throws {
        var desk = try Desk.talking()
        desk.features = []
        #expect(desk.refusal("5001", "a", .hold) == .featureMissing("api-voice"))
    }
}
