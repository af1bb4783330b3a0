/// What is to be written with the next commit: of each command the last entry, in the order in which they came first.
struct GatheredEntries: Sendable {
    private(set) var entries: [LedgerEntry] = []
    private var places: [ExactID: Int] = [:]

    mutating func put(_ entries: [LedgerEntry]) {
        for entry in entries {
            let id = ExactID(string: entry.id)
            if let place = places[id] {
                self.entries[place] = entry
            } else {
                places[id] = self.entries.count
                self.entries.append(entry)
            }
        }
    }

    /// These could not be written after all, and are older than what came since.
    mutating func putBack(_ older: [LedgerEntry]) {
        let newer = entries
        self = GatheredEntries()
        put(older)
        put(newer)
    }

    mutating func take() -> [LedgerEntry] {
        guard !entries.isEmpty else { return [] }
        defer {
            entries = []
            places.removeAll(keepingCapacity: places.count < 10_000)
        }
        return entries
    }
}
