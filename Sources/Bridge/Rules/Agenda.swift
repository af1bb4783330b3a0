/// What is due when: the earliest first.
package struct Agenda<Item: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Int64
        let item: Item
    }

    /// A binary heap.
    private var entries: [Entry] = []

    package init() {}

    package var count: Int { entries.count }

    /// When the first is due, in Unix milliseconds.
    package var next: Int64? { entries.first?.time }

    package mutating func add(_ item: Item, at time: Int64) {
        entries.append(Entry(time: time, item: item))
        rise()
    }

    /// - Parameter isMeant: by what is due, and when.
    package mutating func removeAll(where isMeant: (Item, Int64) -> Bool) {
        let all = entries
        entries = []
        for entry in all where !isMeant(entry.item, entry.time) { add(entry.item, at: entry.time) }
    }

    /// The last moves up to its place.
    private mutating func rise() {
        var index = entries.count - 1
        while index > 0, entries[index].time < entries[(index - 1) / 2].time {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// The first, if it is due.
    package mutating func popDue(at now: Int64) -> Item? {
        guard let first = entries.first, first.time <= now else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first.item }
        entries[0] = last
        var index = 0
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < entries.count {
                if entries[child].time < entries[smallest].time { smallest = child }
            }
            guard smallest != index else { return first.item }
            entries.swapAt(index, smallest)
            index = smallest
        }
    }
}
