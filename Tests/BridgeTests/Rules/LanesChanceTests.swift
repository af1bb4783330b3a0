import Bridge
import Testing

/// Whatever happens in whatever order: no two of a lane at once, none overtakes, nothing is lost, no more than may run.
struct LanesChanceTests {
    private struct Item: Sendable, Hashable {
        let number: Int
        let lane: Int
        let isUrgent: Bool
    }

    /// What must be true of the lanes, kept by other means.
    private struct Model {
        var lanes = Lanes<Int, Item>(limit: 7)
        var running: [Int: Item] = [:]
        var pausing: [Int: Item] = [:]
        /// What has paused and is to go on.
        var resumed: Set<Int> = []
        /// In the order in which each lane has to let them run.
        var waiting: [Int: [Item]] = [:]
        var added = 0
        var over = 0

        var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }

        mutating func add(to lane: Int, isUrgent: Bool) {
            let item = Item(number: added, lane: lane, isUrgent: isUrgent)
            added += 1
            lanes.add(item, to: lane, isUrgent: isUrgent)
            // Behind what is to go on and what is urgent too, and ahead of the rest.
            let queue = waiting[lane, default: []]
            let place = isUrgent ? queue.firstIndex { !$0.isUrgent && !resumed.contains($0.number) } : nil
            waiting[lane, default: []].insert(item, at: place ?? queue.count)
        }

        mutating func next(where mayRun: (Item) -> Bool) -> Bool {
            guard let (lane, item) = lanes.next(where: mayRun) else { return false }
            #expect(item.lane == lane)
            #expect(mayRun(item))
            #expect(running[lane] == nil && pausing[lane] == nil, "two of a lane at once")
            #expect(waiting[lane]?.first == item, "out of order")
            waiting[lane]?.removeFirst()
            resumed.remove(item.number)
            running[lane] = item
            return true
        }

        mutating func pause(_ lane: Int) {
            pausing[lane] = running.removeValue(forKey: lane)
            lanes.pause(lane)
        }

        mutating func resume(_ lane: Int) {
            guard let item = pausing.removeValue(forKey: lane) else { return }
            lanes.resume(item, in: lane)
            resumed.insert(item.number)
            waiting[lane, default: []].insert(item, at: 0)
        }

        mutating func finish(_ lane: Int) {
            running[lane] = nil
            pausing[lane] = nil
            over += 1
            lanes.finish(lane)
        }

        mutating func takeBack(where isMeant: (Item) -> Bool) {
            let removed = Set(lanes.removeWaiting(where: isMeant))
            let meant = Set(waiting.values.joined().filter(isMeant))
            #expect(removed == meant, "not what was meant")
            for lane in waiting.keys { waiting[lane]?.removeAll(where: isMeant) }
            over += removed.count
        }

        func check() {
            #expect(running.count <= 7)
            #expect(lanes.runningCount == running.count)
            #expect(lanes.waitingCount == waitingCount)
            #expect(over + running.count + pausing.count + waitingCount == added, "something is lost")
        }
    }

    @Test func `no order of adding and finishing lets a lane's items overtake or run together`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = Chance(seed: seed)
        var model = Model()
        var barred = -1
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<7:
                model.add(
                    to: Int.random(in: 0..<30, using: &random),
                    isUrgent: Int.random(in: 0..<5, using: &random) == 0)
            case 7..<13: _ = model.next { $0.lane % 5 != barred }
            case 13..<16: model.running.keys.min().map { model.finish($0) }
            case 16: model.running.keys.max().map { model.pause($0) }
            case 17: model.pausing.keys.randomElement(using: &random).map { model.resume($0) }
            case 18: model.pausing.keys.min().map { model.finish($0) }
            default:
                if Int.random(in: 0..<20, using: &random) == 0 {
                    model.takeBack { $0.number % 7 == 3 }
                } else {
                    barred = Int.random(in: -1..<5, using: &random)
                    model.lanes.reconsider()
                }
            }
            model.check()
        }
        model.lanes.reconsider()
        for lane in Array(model.pausing.keys) { model.resume(lane) }
        // Each round ends something, or there is nothing left that could.
        for _ in 0..<model.added where !model.lanes.isIdle {
            while model.next(where: { _ in true }) {}
            for lane in Array(model.running.keys) { model.finish(lane) }
            model.check()
        }
        #expect(model.over == model.added, "seed \(seed)")
    }
}
