import GWSSimulator
import Testing

@Suite struct DialTests {
    @Test func `who dials sees Dialing with what is documented`() throws {
        var desk = Desk()
        try desk.call("5001", "+4930", userData: [.init("a", 1)])
        #expect(desk.news() == ["5001 a StatusChange Dialing"])
        #expect(desk.leg("5001", "a")?.call.kind == .outbound)
        #expect(desk.leg("5001", "a")?.call.userData == [.init("a", 1)])
        #expect(
            desk.offered("5001", "a") == [
                "AttachUserData", "DeleteUserData", "DeleteUserDataPair", "Hangup", "SendDtmf",
                "UpdateUserData",
            ])
        try desk.act("+4930", "a", .answer)
        #expect(desk.news() == ["5001 a StatusChange Established"])
    }

    @Test func `a call to another agent rings there`() throws {
        var desk = Desk()
        try desk.call("5001", "5002")
        #expect(desk.news() == ["5001 a StatusChange Dialing", "5002 a StatusChange Ringing"])
        #expect(desk.leg("5002", "a")?.call.kind == .internal)
    }

    @Test func `nobody calls itself`() throws {
        var desk = Desk()
        #expect(throws: Refusal.invalid("destination")) { try desk.call("5001", "5001") }
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test func `a telephone that forwards sends the call on`() throws {
        var desk = Desk()
        desk.phones.telephones["5002"]?.forwardTo = "5003"
        desk.phones.telephones["5003"]?.forwardTo = "5004"
        try desk.call("5001", "5002")
        #expect(desk.news() == ["5001 a StatusChange Dialing", "5004 a StatusChange Ringing"])
        #expect(desk.leg("5004", "a")?.call.dnis == "5002")
    }

    @Test(arguments: ["do not disturb", "a circle", "the caller itself"])
    func `a call that nobody takes is released at once`(reason: String) throws {
        var desk = Desk()
        switch reason {
        case "do not disturb": desk.phones.telephones["5002"]?.refusesCalls = true
        case "a circle":
            desk.phones.telephones["5002"]?.forwardTo = "5003"
            desk.phones.telephones["5003"]?.forwardTo = "5002"
        default: desk.phones.telephones["5002"]?.forwardTo = "5001"
        }
        try desk.call("5001", "5002")
        #expect(desk.news() == ["5001 a StatusChange Dialing", "5001 a StatusChange Released"])
        #expect(desk.lastTold("5001", "a")?.call.participants(for: .agent("5001")).map(\.number) == ["5002"])
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test func `an agent may have several calls, each with a leg of its own`() throws {
        var desk = try Desk.talking()
        try desk.call("+4931", "5001")
        #expect(desk.switchboard.legs(of: "5001").map(\.id) == [desk.id("a"), desk.id("b")])
        #expect(desk.switchboard.legs(of: "5001").map(\.party.state) == [.established, .ringing])
    }
}
