import GWSSimulator
import Testing

@Suite struct ConferenceTests {
    @Test func `a single step brings somebody into the call, and all see all`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .singleStepConference(Destination("5003")))
        #expect(
            desk.news() == [
                "5001 a ParticipantsUpdated Established", "5002 a ParticipantsUpdated Established",
                "5003 a StatusChange Ringing",
            ])
        try desk.act("5003", "a", .answer)
        #expect(desk.news() == ["5003 a StatusChange Established"])
        #expect(desk.participants("5001", "a") == ["5002", "5003"])
        #expect(desk.participants("5002", "a") == ["5001", "5003"])
        #expect(desk.participants("5003", "a") == ["5002", "5001"])
    }

    @Test func `a consult call for a conference leaves Retrieve offered`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .initiateConference(Destination("5003")))
        #expect(
            desk.news() == [
                "5001 a StatusChange Held", "5001 b StatusChange Dialing", "5003 b StatusChange Ringing",
            ])
        #expect(desk.offered("5001", "a").contains("Retrieve"))
        #expect(
            desk.refusal("5001", "a", .completeConference(consult: nil))
                == .notAllowed(operation: "CompleteConference", state: .held))
        try desk.act("5003", "b", .answer)
        _ = desk.news()
        try desk.act("5001", "a", .retrieve)
        #expect(desk.news() == ["5001 a StatusChange Established", "5001 b StatusChange Held"])
    }

    @Test(arguments: [("b", nil), ("a", nil), ("a", "b"), ("b", "b")])
    func `a conference is completed at either call, with or without naming the consult call`(
        posted: String, named: String?
    ) throws {
        var desk = try Desk.consulting(for: .conference)
        try desk.act("5001", posted, .completeConference(consult: named.map { desk.id($0) }))
        #expect(
            desk.news() == [
                "5001 b StatusChange Released", "5001 a StatusChange Established",
                "5001 a ParticipantsUpdated Established", "5003 b ParticipantsUpdated Established",
            ])
        let released = try #require(desk.lastTold("5001", "b"))
        #expect(released.call.kind == .consult)
        #expect(released.parentID == desk.id("a"))
        #expect(released.capabilities == [])
        #expect(desk.participants("5001", "a") == ["+4930", "5003"])
        #expect(desk.participants("5003", "b") == ["+4930", "5001"])
    }

    @Test func `agents on both sides of a conference are told`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .initiateConference(Destination("5003")))
        try desk.act("5003", "b", .answer)
        _ = desk.news()
        try desk.act("5001", "a", .completeConference(consult: nil))
        #expect(
            desk.news() == [
                "5001 b StatusChange Released", "5001 a StatusChange Established",
                "5001 a ParticipantsUpdated Established", "5002 a ParticipantsUpdated Established",
                "5003 b ParticipantsUpdated Established",
            ])
    }

    @Test func `the one consulted may be told of a new call instead`() throws {
        var rules = CallRules()
        rules.keepsConsultID = false
        var desk = try Desk.consulting(rules, for: .conference)
        try desk.act("5001", "a", .completeConference(consult: nil))
        #expect(
            desk.news() == [
                "5001 b StatusChange Released", "5003 b StatusChange Released",
                "5001 a StatusChange Established", "5001 a ParticipantsUpdated Established",
                "5003 a StatusChange Established",
            ])
    }

    @Test func `the owner removes a participant by its number`() throws {
        var desk = try Desk.conference()
        #expect(desk.offered("5001", "a").contains("RemoveParticipantFromConference"))
        #expect(!desk.offered("5003", "a").contains("RemoveParticipantFromConference"))
        try desk.act("5001", "a", .removeParticipant("5003"))
        #expect(
            desk.news() == ["5003 a StatusChange Released", "5001 a ParticipantsUpdated Established"])
        #expect(desk.participants("5001", "a") == ["+4930"])
        #expect(!desk.offered("5001", "a").contains("RemoveParticipantFromConference"))
    }

    @Test func `who does not own it removes nobody, and nobody removes who is not there`() throws {
        var desk = try Desk.conference()
        #expect(
            desk.refusal("5003", "a", .removeParticipant("+4930"))
                == .notAllowed(operation: "RemoveParticipantFromConference", state: .established))
        #expect(desk.refusal("5001", "a", .removeParticipant("5004")) == .invalid("participant"))
        #expect(desk.refusal("5001", "a", .removeParticipant("5001")) == .invalid("participant"))
    }

    @Test func `who leaves a conference leaves the others talking`() throws {
        var desk = try Desk.conference()
        try desk.act("5001", "a", .hangup)
        #expect(
            desk.news() == ["5001 a StatusChange Released", "5003 a ParticipantsUpdated Established"])
        #expect(desk.participants("5003", "a") == ["+4930"])
        try desk.act("+4930", "a", .hangup)
        #expect(desk.news() == ["5003 a StatusChange Released"])
    }

    @Test func `any agent may clear a conference for all`() throws {
        var desk = try Desk.conference()
        try desk.act("5003", "a", .clearCall)
        #expect(desk.news() == ["5003 a StatusChange Released", "5001 a StatusChange Released"])
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test func `who was consulted by two on one call is on it once`() throws {
        var desk = try Desk.consulting(for: .conference)
        // 5003 comes into the first call by another way.
        try desk.act("5001", "a", .singleStepConference(Destination("5003")))
        try desk.act("5003", "a", .answer)
        _ = desk.news()
        try desk.act("5001", "a", .completeConference(consult: nil))
        #expect(desk.parties("a") == ["+4930 Established", "5001 Established", "5003 Established"])
        #expect(desk.news().contains("5003 b StatusChange Released"))
    }

    @Test func `a consult call made out of a consult call follows it`() throws {
        var desk = try Desk.consulting()
        try desk.act("5003", "b", .initiateTransfer(Destination("5004")))
        try desk.act("5004", "c", .answer)
        try desk.act("5001", "a", .completeTransfer(consult: nil))
        #expect(desk.leg("5003", "c")?.parentID == desk.id("b"))
        try desk.act("5003", "b", .completeTransfer(consult: nil))
        #expect(desk.parties("a") == ["+4930 Established", "5004 Established"])
        #expect(desk.participants("5004", "c") == ["+4930"])
    }
}
