import Bridge
import Testing

struct RedeliveriesTests {
    private func left(
        _ id: String, fingerprint: Int? = nil, count: Int64? = 0, mayBeSent: Bool = false
    ) -> Redeliveries.Left {
        Redeliveries.Left(id: id, fingerprint: fingerprint, deliveryCount: count, mayBeSent: mayBeSent)
    }

    @Test func `what only waited was not sent, if nobody else had it since`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([left("a"), left("b"), left("c", mayBeSent: true), left("d", count: nil)])
        let known = [("a", 1), ("b", 2), ("c", 1), ("d", 1), ("e", 1)].map {
            redeliveries.isUnsent($0.0, deliveryCount: $0.1)
        }
        #expect(known == [true, false, false, false, false])
    }

    @Test func `it is certain only once`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([left("a")])
        let first = redeliveries.isUnsent("a", deliveryCount: 1)
        let second = redeliveries.isUnsent("a", deliveryCount: 2)
        #expect([first, second] == [true, false])
    }

    @Test func `a command without an id is known by what it says, each for itself`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([left("x", fingerprint: 1), left("y", fingerprint: 1), left("z")])
        let ids = [1, 1, 1, 2].map { redeliveries.id(of: $0) }
        #expect(ids == ["x", "y", nil, nil])
    }

    @Test func `what a quick second loss did not bring back is still known`() {
        var redeliveries = Redeliveries()
        redeliveries.linkLost([left("a"), left("x", fingerprint: 1)])
        redeliveries.linkLost([])
        let isUnsent = redeliveries.isUnsent("a", deliveryCount: 1)
        #expect(isUnsent)
        let id = redeliveries.id(of: 1)
        #expect(id == "x")
    }
}
