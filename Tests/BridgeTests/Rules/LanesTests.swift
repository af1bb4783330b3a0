import Bridge
import Testing

struct LanesTests {
    @Test func `items of a lane go one after another in their order`() {
        var lanes = Lanes<String, Int>(limit: 10)
        for item in 1...3 { lanes.add(item, to: "a") }
        #expect(lanes.take() == [1])
        lanes.finish("a")
        #expect(lanes.take() == [2])
        lanes.finish("a")
        #expect(lanes.take() == [3])
        lanes.finish("a")
        #expect(lanes.isIdle)
    }

    @Test func `lanes go side by side up to the limit`() {
        var lanes = Lanes<String, Int>(limit: 2)
        lanes.add(1, to: "a")
        lanes.add(2, to: "b")
        lanes.add(3, to: "c")
        #expect(lanes.take() == [1, 2])
        lanes.finish("b")
        #expect(lanes.take() == [3])
    }

    @Test func `a busy lane takes its turn behind the others`() {
        var lanes = Lanes<String, Int>(limit: 1)
        lanes.add(1, to: "a")
        lanes.add(2, to: "a")
        lanes.add(3, to: "b")
        #expect(lanes.take() == [1])
        lanes.finish("a")
        #expect(lanes.take() == [3])
        lanes.finish("b")
        #expect(lanes.take() == [2])
    }

    @Test func `an urgent item passes those that wait and not the one that runs`() {
        var lanes = Lanes<String, Int>(limit: 1)
        lanes.add(1, to: "a")
        lanes.add(2, to: "a")
        #expect(lanes.take() == [1])
        lanes.add(3, to: "a", isUrgent: true)
        lanes.add(4, to: "a", isUrgent: true)
        #expect(lanes.take() == [])
        var order: [Int] = []
        for _ in 0..<3 {
            lanes.finish("a")
            order += lanes.take()
        }
        #expect(order == [3, 4, 2])
    }

    @Test func `what waits can be taken back while what runs goes on`() {
        var lanes = Lanes<String, Int>(limit: 1)
        for (item, lane) in [(1, "a"), (2, "a"), (3, "b")] { lanes.add(item, to: lane) }
        #expect(lanes.take() == [1])
        let waiting = lanes.removeWaiting()
        #expect(waiting.sorted() == [2, 3])
        lanes.add(4, to: "a")
        #expect(lanes.take() == [])
        lanes.finish("a")
        #expect(lanes.take() == [4])
    }

    @Test func `a lane that was emptied and filled again is ready once`() {
        var lanes = Lanes<String, Int>(limit: 5)
        lanes.add(1, to: "a")
        _ = lanes.removeWaiting()
        lanes.add(2, to: "a")
        #expect(lanes.take() == [2])
        #expect(lanes.runningCount == 1)
    }

    // MARK: - Pausing

    @Test func `what pauses keeps its lane and lets another run`() {
        var lanes = Lanes<String, Int>(limit: 1)
        for (item, lane) in [(1, "a"), (2, "a"), (3, "b")] { lanes.add(item, to: lane) }
        #expect(lanes.take() == [1])
        lanes.pause("a")
        #expect(lanes.runningCount == 0)
        #expect(lanes.take() == [3])
        #expect(!lanes.isIdle)
    }

    @Test func `what goes on is ahead of its lane, of the urgent too, and waits for room`() {
        var lanes = Lanes<String, Int>(limit: 1)
        for (item, lane) in [(1, "a"), (2, "a"), (3, "b")] { lanes.add(item, to: lane) }
        _ = lanes.next()
        lanes.pause("a")
        lanes.add(4, to: "a", isUrgent: true)
        #expect(lanes.take() == [3])
        lanes.resume(1, in: "a")
        #expect(lanes.take() == [])
        lanes.finish("b")
        var order: [Int] = []
        for _ in 0..<3 {
            order += lanes.take()
            lanes.finish("a")
        }
        #expect(order == [1, 4, 2])
        #expect(lanes.isIdle)
    }

    @Test func `a lane whose pausing item has ended goes on`() {
        var lanes = Lanes<String, Int>(limit: 1)
        for item in 1...2 { lanes.add(item, to: "a") }
        _ = lanes.next()
        lanes.pause("a")
        #expect(lanes.take() == [])
        lanes.finish("a")
        #expect(lanes.take() == [2])
    }

    @Test func `what was to go on can be taken back too`() {
        var lanes = Lanes<String, Int>(limit: 1)
        lanes.add(1, to: "a")
        _ = lanes.next()
        lanes.pause("a")
        lanes.resume(1, in: "a")
        #expect(lanes.waitingCount == 1)
        #expect(lanes.removeWaiting() == [1])
        #expect(lanes.isIdle)
        #expect(lanes.waitingCount == 0)
    }

    // MARK: - Setting aside

    @Test func `a lane whose next item may not run is passed over until that is reconsidered`() {
        var lanes = Lanes<String, Int>(limit: 3)
        for (item, lane) in [(1, "a"), (2, "a"), (3, "b")] { lanes.add(item, to: lane) }
        #expect(lanes.take { $0 != 1 } == [3])
        #expect(lanes.take() == [])
        #expect(lanes.waitingCount == 2)
        lanes.reconsider()
        #expect(lanes.take() == [1])
    }

    @Test func `a lane set aside, emptied and filled again runs one item at a time`() {
        var lanes = Lanes<String, Int>(limit: 3)
        lanes.add(1, to: "a")
        lanes.add(2, to: "b")
        #expect(lanes.take { _ in false } == [])
        #expect(lanes.removeWaiting { $0 == 1 } == [1])
        for item in 3...4 { lanes.add(item, to: "a") }
        lanes.reconsider()
        #expect(lanes.take() == [3, 2])
        lanes.finish("a")
        #expect(lanes.take() == [4])
    }

    // MARK: - Taking back

    @Test func `of what waits a part can be taken back, and the rest stays in order`() {
        var lanes = Lanes<String, Int>(limit: 1)
        for item in 1...4 { lanes.add(item, to: "a") }
        lanes.add(5, to: "b", isUrgent: true)
        #expect(lanes.removeWaiting { $0 % 2 == 1 }.sorted() == [1, 3, 5])
        #expect(lanes.waitingCount == 2)
        #expect(lanes.waitingItems == [2, 4])
        #expect(lanes.take() == [2])
        lanes.finish("a")
        #expect(lanes.take() == [4])
    }
}

extension Lanes {
    /// All that may run now.
    fileprivate mutating func take(where mayRun: (Item) -> Bool = { _ in true }) -> [Item] {
        var items: [Item] = []
        while let (_, item) = next(where: mayRun) { items.append(item) }
        return items
    }
}
