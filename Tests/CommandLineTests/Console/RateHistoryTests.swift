import Testing

@testable import gws_bridge

@Suite struct RateHistoryTests {
    private typealias Totals = RateHistory.Totals

    @Test func `a second has what was counted within it`() {
        var history = RateHistory()
        history.add(Totals(outcomes: ["confirmed": 5], events: 10))
        #expect(history.seconds.isEmpty)
        history.add(Totals(outcomes: ["confirmed": 7, "refused": 1], events: 13))
        history.add(Totals(outcomes: ["confirmed": 7, "refused": 1], events: 13))
        #expect(history.seconds.map(\.outcomes) == [["confirmed": 2, "refused": 1], [:]])
        #expect(history.seconds.map(\.events) == [3, 0])
    }

    @Test func `what is older than two minutes is gone`() {
        var history = RateHistory()
        for count in 0...500 { history.add(Totals(events: Double(count * count))) }
        #expect(history.seconds.count == 120)
        #expect(history.seconds.last?.events == 500 * 500 - 499 * 499)
    }
}
