/// Who goes next: commands of one lane one after another, lanes side by side.
///
/// A lane is a call, a device or an agent (``Command/lane``). Two commands of a lane never run at once and never
/// overtake each other, save that an urgent one goes ahead of those that wait. At most ``limit`` lanes run at a time;
/// the others take turns, first come, first served.
package struct Lanes<Lane: Hashable & Sendable, Item: Sendable>: Sendable {
    private struct Waiting {
        var urgent: [Item] = []
        var others: ArraySlice<Item> = []

        var isEmpty: Bool { urgent.isEmpty && others.isEmpty }

        mutating func removeFirst() -> Item {
            urgent.isEmpty ? others.removeFirst() : urgent.removeFirst()
        }
    }

    package let limit: Int
    private var running: Set<Lane> = []
    private var waiting: [Lane: Waiting] = [:]
    /// Lanes that have something waiting and do not run, in the order in which they got ready.
    private var ready: ArraySlice<Lane> = []

    package init(limit: Int) {
        self.limit = limit
    }

    package var isIdle: Bool { running.isEmpty && waiting.isEmpty }
    package var runningCount: Int { running.count }

    package mutating func add(_ item: Item, to lane: Lane, isUrgent: Bool = false) {
        if waiting[lane] == nil, !running.contains(lane) { ready.append(lane) }
        if isUrgent {
            waiting[lane, default: Waiting()].urgent.append(item)
        } else {
            waiting[lane, default: Waiting()].others.append(item)
        }
    }

    /// The next item that may run, until its lane is ``finish(_:)``ed; nil where all that waits must go on waiting.
    package mutating func next() -> (lane: Lane, item: Item)? {
        guard running.count < limit, let lane = ready.popFirst() else { return nil }
        running.insert(lane)
        guard let item = waiting[lane]?.removeFirst() else { preconditionFailure("a ready lane has an item") }
        if waiting[lane]?.isEmpty == true { waiting[lane] = nil }
        return (lane, item)
    }

    package mutating func finish(_ lane: Lane) {
        running.remove(lane)
        if waiting[lane] != nil { ready.append(lane) }
    }

    /// Takes back what has not run, in no order. What runs goes on.
    package mutating func removeWaiting() -> [Item] {
        defer {
            waiting = [:]
            ready = []
        }
        return waiting.values.flatMap { $0.urgent + $0.others }
    }
}
