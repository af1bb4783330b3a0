import GWSSimulator
import Testing

@Suite struct TransferTests {
    @Test func `a single step releases who transfers and rings at the destination`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .singleStepTransfer(Destination("5003", userData: [.init("x", 1)])))
        #expect(
            desk.news() == [
                "5001 a StatusChange Released", "5002 a ParticipantsUpdated Established",
                "5003 a StatusChange Ringing",
            ])
        #expect(desk.lastTold("5001", "a")?.capabilities == [])
        #expect(desk.participants("5002", "a") == ["5003"])
        #expect(desk.participants("5003", "a") == ["5002"])
        #expect(desk.leg("5003", "a")?.call.userData == [.init("x", 1)])
        try desk.act("5003", "a", .answer)
        #expect(desk.news() == ["5003 a StatusChange Established"])
    }

    @Test func `a single step to who refuses calls fails later, and the call stays`() throws {
        var desk = try Desk.talking()
        desk.phones.telephones["5003"]?.refusesCalls = true
        try desk.act("5001", "a", .singleStepTransfer(Destination("5003")))
        #expect(desk.news() == ["5001 a failed"])
        #expect(desk.parties("a") == ["+4930 Established", "5001 Established"])
    }

    @Test func `a consult call holds the first and is linked to it`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .initiateTransfer(Destination("5003", userData: [.init("x", 1)])))
        #expect(
            desk.news() == [
                "5001 a StatusChange Held", "5001 b StatusChange Dialing", "5003 b StatusChange Ringing",
            ])
        let leg = try #require(desk.leg("5001", "b"))
        #expect(leg.call.kind == .consult)
        #expect(leg.call.userData == [.init("x", 1)])
        #expect(leg.parentID == desk.id("a"))
        #expect(desk.leg("5003", "b")?.call.kind == .consult)
        #expect(desk.leg("5003", "b")?.parentID == nil)
    }

    @Test func `a held call with an active consult offers SwapCalls for Retrieve`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .initiateTransfer(Destination("5003")))
        let held = [
            "AttachUserData", "DeleteUserData", "DeleteUserDataPair", "Hangup", "InitiateConference",
            "InitiateTransfer", "SingleStepConference", "SingleStepTransfer", "StartCallRecording",
            "UpdateUserData",
        ]
        #expect(desk.offered("5001", "a") == (held + ["CompleteTransfer", "SwapCalls"]).sorted())
        #expect(desk.lastTold("5001", "a")?.capabilities.sorted() == desk.offered("5001", "a"))
        try desk.act("5003", "b", .answer)
        #expect(
            desk.offered("5001", "a")
                == (held + ["CompleteTransfer", "CompleteConference", "SwapCalls"]).sorted())
        #expect(desk.refusal("5001", "a", .retrieve) == .notAllowed(operation: "Retrieve", state: .held))
    }

    @Test func `an established consult call beside a held one offers to complete`() throws {
        let desk = try Desk.consulting()
        let offered = desk.offered("5001", "b")
        #expect(offered.contains("Hold"))
        #expect(Set(offered).isSuperset(of: ["SwapCalls", "CompleteTransfer", "CompleteConference"]))
        // The one consulted has no other call.
        #expect(Set(desk.offered("5003", "b")).isDisjoint(with: ["SwapCalls", "CompleteTransfer"]))
    }

    @Test(arguments: [("b", nil), ("a", nil), ("a", "b"), ("b", "b")])
    func `a transfer is completed at either call, with or without naming the consult call`(
        posted: String, named: String?
    ) throws {
        var desk = try Desk.consulting()
        let connID = desk.leg("5001", "a")?.call.connID
        try desk.act("5001", posted, .completeTransfer(consult: named.map { desk.id($0) }))
        #expect(
            desk.news() == [
                "5001 a StatusChange Released", "5001 b StatusChange Released",
                "5003 b ParticipantsUpdated Established",
            ])
        #expect(desk.lastTold("5001", "b")?.parentID == desk.id("a"))
        #expect(desk.lastTold("5001", "b")?.call.connID == connID)
        #expect(desk.leg("5003", "b")?.call.connID == connID)
        #expect(desk.participants("5003", "b") == ["+4930"])
        #expect(desk.parties("a") == ["+4930 Established", "5003 Established"])
        #expect(desk.switchboard.calls.count == 1)
    }

    @Test func `an agent who is transferred is told with whom it talks now`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .initiateTransfer(Destination("5003")))
        try desk.act("5003", "b", .answer)
        _ = desk.news()
        try desk.act("5001", "b", .completeTransfer(consult: nil))
        #expect(
            desk.news() == [
                "5001 a StatusChange Released", "5001 b StatusChange Released",
                "5002 a ParticipantsUpdated Established", "5003 b ParticipantsUpdated Established",
            ])
        #expect(desk.participants("5002", "a") == ["5003"])
        try desk.act("5003", "b", .hangup)
        #expect(desk.news() == ["5003 b StatusChange Released", "5002 a StatusChange Released"])
    }

    @Test func `the one consulted may be told of a new call instead`() throws {
        var rules = CallRules()
        rules.keepsConsultID = false
        var desk = try Desk.consulting(rules)
        try desk.act("5001", "b", .completeTransfer(consult: nil))
        #expect(
            desk.news() == [
                "5001 a StatusChange Released", "5001 b StatusChange Released",
                "5003 b StatusChange Released", "5003 a StatusChange Established",
            ])
        #expect(desk.leg("5003", "b") == nil)
        #expect(desk.participants("5003", "a") == ["+4930"])
    }

    @Test func `a transfer may be completed while it rings`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .initiateTransfer(Destination("5003")))
        try desk.act("5001", "a", .completeTransfer(consult: nil))
        #expect(desk.parties("a") == ["+4930 Established", "5003 Ringing"])
        try desk.act("5003", "b", .answer)
        #expect(desk.news().last == "5003 b StatusChange Established")
    }

    @Test func `user data of both calls come together, the parent's first`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .updateUserData([.init("x", 1)]))
        try desk.act(
            "5001", "a", .initiateTransfer(Destination("5003", userData: [.init("x", 2), .init("y", 3)])))
        try desk.act("5003", "b", .answer)
        try desk.act("5001", "a", .completeTransfer(consult: nil))
        #expect(desk.leg("5003", "b")?.call.userData == [.init("x", 1), .init("y", 3)])
    }

    @Test func `recording and what the data say of it are the parent's`() throws {
        var desk = try Desk.consulting()
        try desk.act("5001", "b", .startCallRecording)
        try desk.act("5001", "a", .completeTransfer(consult: nil))
        #expect(desk.leg("5003", "b")?.call.recording == .stopped)
        #expect(desk.leg("5003", "b")?.call.userData == [])
    }

    @Test func `a call that its last agent leaves is over`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .singleStepTransfer(Destination("+4931")))
        #expect(desk.news() == ["5001 a StatusChange Released"])
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test func `a consult call that nobody takes is over and the first can be retrieved`() throws {
        var desk = try Desk.talking()
        desk.phones.telephones["5003"]?.refusesCalls = true
        try desk.act("5001", "a", .initiateTransfer(Destination("5003")))
        #expect(
            desk.news() == [
                "5001 a StatusChange Held", "5001 b StatusChange Dialing", "5001 b StatusChange Released",
            ])
        try desk.act("5001", "a", .retrieve)
        #expect(desk.news() == ["5001 a StatusChange Established"])
    }

    @Test func `a consult call outlives its parent as a call of its own`() throws {
        var desk = try Desk.consulting()
        try desk.act("+4930", "a", .hangup)
        #expect(desk.news() == ["5001 a StatusChange Released"])
        #expect(desk.leg("5001", "b")?.parentID == nil)
        #expect(
            desk.refusal("5001", "b", .completeTransfer(consult: nil))
                == .notAllowed(operation: "CompleteTransfer", state: .established))
    }

    @Test func `what does not belong together is not completed`() throws {
        var desk = try Desk.talking()
        try desk.call("+4931", "5001")
        try desk.act("5001", "a", .hold)
        try desk.act("5001", "b", .answer)
        let other = CallOperation.completeTransfer(consult: desk.id("b"))
        #expect(desk.refusal("5001", "a", other) == .invalid("consultCallUri"))
        #expect(desk.refusal("5001", "a", .completeTransfer(consult: "x")) == .noSuchCall("x"))
        #expect(
            desk.refusal("5001", "a", .completeTransfer(consult: nil))
                == .notAllowed(operation: "CompleteTransfer", state: .held))
    }

    @Test(arguments: ["+4930", "5001"])
    func `nobody is consulted who is on the call`(number: String) throws {
        var desk = try Desk.talking()
        let destination = Destination(number)
        for operation in [
            CallOperation.initiateTransfer(destination), .initiateConference(destination),
            .singleStepTransfer(destination), .singleStepConference(destination),
        ] {
            #expect(desk.refusal("5001", "a", operation) == .invalid("destination"))
        }
        #expect(desk.parties("a") == ["+4930 Established", "5001 Established"])
    }
}
