import Bridge
import Testing

struct ContinuityTests {
    @Test func `sequences count by one from one, and those of a call by themselves`() {
        var continuity = Continuity()
        let previous = continuity.begin("e1")
        #expect(previous == nil)
        let places = ["a", "b", "a", nil].map { continuity.next(callID: $0) }
        #expect(places.map(\.sequence) == [1, 2, 3, 4])
        #expect(places.map(\.callSequence) == [1, 1, 2, nil])
        #expect(places[2].messageID(agent: "50.01") == "50%2E01/e1/3")
    }

    @Test func `a new epoch begins at one and names the last`() {
        var continuity = Continuity()
        _ = continuity.begin("e1")
        _ = continuity.next(callID: "a")
        let previous = continuity.begin("e2")
        #expect(previous?.epoch == "e1")
        #expect(previous?.lastSequence == 1)
        let place = continuity.next(callID: "a")
        #expect(place.messageID(agent: "a") == "a/e2/1")
        #expect(place.callSequence == 1)
    }

    @Test func `of very many calls those are forgotten that were heard of the longest ago`() {
        var continuity = Continuity()
        _ = continuity.begin("e1")
        _ = continuity.next(callID: "old")
        for other in 0..<4096 { _ = continuity.next(callID: "\(other)") }
        #expect(continuity.next(callID: "4095").callSequence == 2)
        #expect(continuity.next(callID: "old").callSequence == 1)
    }

    @Test func `calls that are over go before any that goes on, and the last of them stay for a while`() {
        var continuity = Continuity()
        _ = continuity.begin("e1")
        _ = continuity.next(callID: "parked")
        for other in 0..<10_000 { _ = continuity.next(callID: "\(other)", isOver: true) }
        #expect(continuity.next(callID: "parked").callSequence == 2)
        #expect(continuity.next(callID: "9999").callSequence == 2)
        #expect(continuity.next(callID: "0").callSequence == 1)
    }

    @Test func `epochs sort by time even when the clock is set back`() {
        var source = EpochSource(random: 7)
        let epochs = [1_000, 2_000, 500, 1_790_000_000_000].map { source.next(now: $0) }
        #expect(epochs == epochs.sorted())
        #expect(Set(epochs).count == 4)
        var other = EpochSource(random: 8)
        #expect(other.next(now: 1_000) != epochs[0])
    }

    @Test func `an epoch sorts after that of a process whose clock went ahead`() {
        var ahead = EpochSource(random: 7)
        var behind = EpochSource(random: 8)
        let before = ahead.next(now: 2_000_000_000_000)
        let after = behind.next(now: 1_900_000_000_000, after: before)
        #expect(before < after)
        let next = behind.next(now: 1_900_000_000_001, after: after)
        #expect(after < next)
    }

    @Test(arguments: ["", "-", "x", "zzzzzzz z-1", "999999999999-1"])
    func `what is no epoch does not matter to the next`(text: String) {
        var source = EpochSource(random: 7)
        var other = EpochSource(random: 7)
        let (one, two) = (
            source.next(now: 1_900_000_000_000, after: text), other.next(now: 1_900_000_000_000)
        )
        #expect(one == two)
    }
}
