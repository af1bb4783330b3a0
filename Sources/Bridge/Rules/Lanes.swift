/// Who goes next: commands of one lane one after another, lanes side by side.
///
/// A lane is a call, a device or an agent (``Command/Lane``). Two commands of a lane never run at once and never
/// overtake each other, save that an urgent one goes ahead of those that wait. At most ``limit`` lanes run at a time;
/// the others take turns, first come, first served. An item that pauses keeps its lane and lets another run.
package struct Lanes<Lane: Hashable & Sendable, Item: Sendable>: Sendable {
    private struct Waiting {
        /// It has paused, and goes on before all others.
        var resumed: Item?
        /// Was under way before, in another life.
        var begun: ArraySlice<Item> = []
        var urgent: ArraySlice<Item> = []
        var others: ArraySlice<Item> = []

        var isEmpty: Bool { resumed == nil && begun.isEmpty && urgent.isEmpty && others.isEmpty }

        var first: Item? { resumed ?? begun.first ?? urgent.first ?? others.first }

        var all: [Item] { [resumed].compactMap(\.self) + begun + urgent + others }

        mutating func removeFirst() {
            if resumed != nil {
                resumed = nil
            } else if !begun.isEmpty {
                begun.removeFirst()
            } else if !urgent.isEmpty {
                urgent.removeFirst()
            } else {
                others.removeFirst()
            }
        }

        mutating func removeAll(where isMeant: (Item) -> Bool) {
            if let item = resumed, isMeant(item) { resumed = nil }
            begun.removeAll(where: isMeant)
            urgent.removeAll(where: isMeant)
            others.removeAll(where: isMeant)
        }
    }

    package let limit: Int
    private var running: Set<Lane> = []
    private var pausing: Set<Lane> = []
    private var waiting: [Lane: Waiting] = [:]
    /// Lanes that have something waiting and do not run, in the order in which they got ready. Of what was taken back
    /// some may be left.
    private var ready: ArraySlice<Lane> = []
    /// Lanes that were ready, and whose next item may not run just now.
    private var setAside: [Lane] = []

    package init(limit: Int) {
        self.limit = limit
    }

    package var isIdle: Bool { running.isEmpty && pausing.isEmpty && waiting.isEmpty }
    package var runningCount: Int { running.count }
    package private(set) var waitingCount = 0
    package var waitingItems: [Item] { waiting.values.flatMap(\.all) }

    package mutating func add(_ item: Item, to lane: Lane, isUrgent: Bool = false) {
        if waiting[lane] == nil, !running.contains(lane), !pausing.contains(lane) { ready.append(lane) }
        waitingCount += 1
        if isUrgent {
            waiting[lane, default: Waiting()].urgent.append(item)
        } else {
            waiting[lane, default: Waiting()].others.append(item)
        }
    }

    /// Ahead of all that wait, urgent or not, but for others that were added so.
    package mutating func addFirst(_ item: Item, to lane: Lane) {
        if waiting[lane] == nil, !running.contains(lane), !pausing.contains(lane) { ready.append(lane) }
        waitingCount += 1
        waiting[lane, default: Waiting()].begun.append(item)
    }

    /// The next item that may run, until its lane is ``finish(_:)``ed or ``pause(_:)``d; nil where all that waits must
    /// go on waiting.
    ///
    /// - Parameter mayRun: whether an item may run just now; the lane of one that may not is set aside until
    ///   ``reconsider()``.
    package mutating func next(where mayRun: (Item) -> Bool = { _ in true }) -> (lane: Lane, item: Item)? {
        while running.count < limit, let lane = ready.popFirst() {
            guard !running.contains(lane), !pausing.contains(lane), let item = waiting[lane]?.first else {
                continue
            }
            guard mayRun(item) else {
                setAside.append(lane)
                continue
            }
            running.insert(lane)
            waiting[lane]?.removeFirst()
            waitingCount -= 1
            if waiting[lane]?.isEmpty == true { waiting[lane] = nil }
            return (lane, item)
        }
        return nil
    }

    /// Who may run may have changed.
    package mutating func reconsider() {
        ready.append(contentsOf: setAside)
        setAside = []
    }

    package mutating func finish(_ lane: Lane) {
        running.remove(lane)
        pausing.remove(lane)
        if waiting[lane] != nil { ready.append(lane) }
    }

    /// What runs in the lane pauses: nothing else of the lane may run, but another lane.
    package mutating func pause(_ lane: Lane) {
        if running.remove(lane) != nil { pausing.insert(lane) }
    }

    /// The pause is over: the item goes on as soon as it may, ahead of all others of its lane.
    package mutating func resume(_ item: Item, in lane: Lane) {
        pausing.remove(lane)
        waiting[lane, default: Waiting()].resumed = item
        waitingCount += 1
        ready.append(lane)
    }

    /// Takes back what has not run, in no order. What runs goes on.
    package mutating func removeWaiting(where isMeant: (Item) -> Bool = { _ in true }) -> [Item] {
        var removed: [Item] = []
        for (lane, items) in waiting {
            let meant = items.all.filter(isMeant)
            guard !meant.isEmpty else { continue }
            removed += meant
            waitingCount -= meant.count
            waiting[lane]?.removeAll(where: isMeant)
            if waiting[lane]?.isEmpty == true { waiting[lane] = nil }
        }
        if waiting.isEmpty {
            ready = []
            setAside = []
        }
        return removed
    }
}
