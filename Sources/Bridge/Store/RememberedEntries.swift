/// The ledger of a bridge without a store: it lives as long as the process and forgets the oldest first.
struct RememberedEntries: Sendable {
    /// Lies aside: what is in a table's empty places costs as much as what is in it.
    private final class Remembered: Sendable {
        let entry: LedgerEntry
        /// Unix milliseconds.
        let changedAt: Int64

        init(_ entry: LedgerEntry, at changedAt: Int64) {
            self.entry = entry
            self.changedAt = changedAt
        }
    }

    private let bounds: LedgerBounds
    private var remembered: [ExactID: Remembered] = [:]
    /// About as they came: what may not be forgotten yet goes to the end again.
    private var order: ArraySlice<ExactID> = []

    /// More than these are not kept in memory.
    static let capacity = 100_000

    init(_ bounds: LedgerBounds) {
        self.bounds = LedgerBounds(age: bounds.age, count: min(bounds.count, Self.capacity))
    }

    /// - Parameter now: Unix milliseconds.
    func entries(of ids: [String], at now: Int64) -> [ExactID: LedgerEntry] {
        var found: [ExactID: LedgerEntry] = [:]
        for id in ids.lazy.map(ExactID.init) {
            guard let known = remembered[id], now - known.changedAt <= bounds.age else { continue }
            found[id] = known.entry
        }
        return found
    }

    /// - Parameter now: Unix milliseconds.
    mutating func put(_ entries: [LedgerEntry], at now: Int64) {
        for entry in entries {
            let id = ExactID(string: entry.id)
            if let index = remembered.index(forKey: id) {
                let known = remembered.values[index]
                if now - known.changedAt <= bounds.age, !entry.follows(known.entry) { continue }
                remembered.values[index] = Remembered(entry, at: now)
            } else {
                remembered[id] = Remembered(entry, at: now)
                order.append(id)
            }
            forget(at: now)
        }
    }

    /// Looks at two of the oldest: each entry that comes brings one, so that what is too much goes in time.
    private mutating func forget(at now: Int64) {
        for _ in 0..<2 {
            guard let id = order.first, let oldest = remembered[id] else { return }
            let isOld = now - oldest.changedAt > bounds.age
            let isTooMany = order.count > bounds.count
            guard isOld || isTooMany else { return }
            order.removeFirst()
            if isOld || oldest.entry.stage.isOver {
                remembered[id] = nil
            } else {
                order.append(id)
            }
        }
    }
}
