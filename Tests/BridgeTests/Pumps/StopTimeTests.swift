import Testing

@testable import Bridge

struct StopTimeTests {
    @Test func `the first to ask begins it for all`() {
        let time = StopTime(limit: .seconds(20))
        let earliest = ContinuousClock.now + .seconds(20)
        let end = time.end
        #expect(end >= earliest)
        #expect(time.end == end)
        #expect(time.left <= .seconds(20))
    }

    @Test func `those who come later have their share`() {
        let time = StopTime(limit: .seconds(20))
        #expect(time.left(before: 2) <= .seconds(16))
        #expect(time.left(before: 2) > .seconds(15))
        #expect(StopTime(limit: .seconds(4)).left(before: 1) <= .seconds(3))
    }

    @Test func `who comes last has a second to say goodbye`() {
        #expect(StopTime(limit: .zero).left == .seconds(1))
    }
}
