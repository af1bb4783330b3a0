import GWSSimulator
import Testing

@Suite struct SwapTests {
    @Test(arguments: [("a", "b"), ("b", "a")])
    func `calls change places, first the one that is established now`(posted: String, other: String) throws {
        var desk = try Desk.consulting()
        try desk.act("5001", posted, .swapCalls(other: desk.id(other)))
        #expect(desk.news() == ["5001 a StatusChange Established", "5001 b StatusChange Held"])
        let both: Set = ["SwapCalls", "CompleteTransfer", "CompleteConference"]
        #expect(Set(desk.offered("5001", "a")).isSuperset(of: both))
        #expect(Set(desk.offered("5001", "b")).isSuperset(of: both))
    }

    @Test func `a transfer is completed after a swap too`() throws {
        var desk = try Desk.consulting()
        try desk.act("5001", "a", .swapCalls(other: desk.id("b")))
        try desk.act("5001", "a", .completeTransfer(consult: nil))
        #expect(desk.parties("a") == ["+4930 Established", "5003 Established"])
    }

    @Test func `calls that have nothing to do with each other are swapped too`() throws {
        var desk = try Desk.talking()
        try desk.call("+4931", "5001")
        try desk.act("5001", "a", .hold)
        try desk.act("5001", "b", .answer)
        #expect(desk.offered("5001", "a").contains("Retrieve"))
        #expect(desk.offered("5001", "b").contains("SwapCalls"))
        _ = desk.news()
        try desk.act("5001", "b", .swapCalls(other: desk.id("a")))
        #expect(desk.news() == ["5001 a StatusChange Established", "5001 b StatusChange Held"])
    }

    @Test func `one must be held and the other not`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .initiateTransfer(Destination("5003")))
        // It still rings.
        #expect(
            desk.refusal("5001", "a", .swapCalls(other: desk.id("b")))
                == .notAllowed(operation: "SwapCalls", state: .held))
        #expect(desk.refusal("5001", "a", .swapCalls(other: desk.id("a"))) == .invalid("otherCallUri"))
        #expect(desk.refusal("5001", "a", .swapCalls(other: "x")) == .noSuchCall("x"))
    }
}
