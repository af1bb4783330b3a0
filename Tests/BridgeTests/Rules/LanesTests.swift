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

    @Test func `no order of adding and finishing lets a lane's items overtake or run together`() {
        var random = SplitMix(state: 42)
        var lanes = Lanes<Int, Int>(limit: 7)
        var running: [Int: Int] = [:]
        var lastOfLane: [Int: Int] = [:]
        var started = 0
        for item in 0..<20_000 {
            lanes.add(item, to: Int(random.next() % 40))
            while let (lane, next) = lanes.next() {
                #expect(running.updateValue(next, forKey: lane) == nil)
                #expect(running.count <= 7)
                #expect(lastOfLane[lane, default: -1] < next)
                lastOfLane[lane] = next
                started += 1
            }
            while running.count > Int(random.next() % 8), let lane = running.keys.min() {
                running[lane] = nil
                lanes.finish(lane)
            }
        }
        while !running.isEmpty || !lanes.isIdle {
            for lane in running.keys { lanes.finish(lane) }
            running = [:]
            while let (lane, next) = lanes.next() {
                running[lane] = next
                started += 1
            }
        }
        #expect(started == 20_000)
    }
}

extension Lanes {
    /// All that may run now.
    fileprivate mutating func take() -> [Item] {
        var items: [Item] = []
        while let (_, item) = next() { items.append(item) }
        return items
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
