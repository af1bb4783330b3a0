/// What became of commands, by their ids, so that none is done or answered twice with different words.
///
/// It lives as long as the process and forgets the oldest first.
package struct RememberedOutcomes: Sendable {
    private struct Entry {
        let verdict: Verdict
        /// Unix milliseconds.
        let at: Int64
    }

    private let capacity: Int
    private let age: Int64
    private var entries: [String: Entry] = [:]
    private var order: ArraySlice<String> = []

    /// - Parameter age: milliseconds.
    package init(capacity: Int = 100_000, age: Int64 = 24 * 60 * 60 * 1000) {
        self.capacity = capacity
        self.age = age
    }

    package subscript(id: String) -> Verdict? { entries[id]?.verdict }

    /// - Parameter at: Unix milliseconds.
    package mutating func record(_ verdict: Verdict, for id: String, at: Int64) {
        if entries.updateValue(Entry(verdict: verdict, at: at), forKey: id) == nil { order.append(id) }
        while let oldest = order.first, order.count > capacity || isOld(oldest, at: at) {
            entries[oldest] = nil
            order.removeFirst()
        }
    }

    private func isOld(_ id: String, at now: Int64) -> Bool {
        entries[id].map { now - $0.at > age } ?? true
    }
}
