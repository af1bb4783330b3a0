import Bridge
import Testing

struct RedeliveriesTests {
    @Test func `a command without an id is known by what it says, each for itself`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([("x", 1), ("y", 1), ("z", 3)])
        let ids = [1, 1, 1, 2].map { redeliveries.id(of: $0) }
        #expect(ids == ["x", "y", nil, nil])
    }

    @Test func `what a quick second loss did not bring back is still known`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([("x", 1)])
        redeliveries.linkLost([("y", 2)])
        let ids = [1, 2].map { redeliveries.id(of: $0) }
        #expect(ids == ["x", "y"])
    }

    @Test func `what nobody brings back is forgotten before it fills the memory`() {
        var redeliveries = Redeliveries()
        for round in 0...Redeliveries.capacity { redeliveries.linkLost([("\(round)", 1)]) }
        let ids = [redeliveries.id(of: 1), redeliveries.id(of: 1)]
        #expect(ids == ["\(Redeliveries.capacity)", nil])
    }

    @Test func `what was brought back makes room`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([("kept", 1)])
        for round in 0..<(2 * Redeliveries.capacity) {
            redeliveries.linkLost([("\(round)", 2)])
            _ = redeliveries.id(of: 2)
        }
        let id = redeliveries.id(of: 1)
        #expect(id == "kept")
    }
}
