/// Commands without an id of their own that a lost link left behind: the broker delivers them again, and they are known
/// by what they say.
package struct Redeliveries: Sendable {
    private var ids: [Int: ArraySlice<String>] = [:]
    private var count = 0

    package init() {}

    /// So many are remembered before those are forgotten that nobody brought back: they went to another consumer.
    package static let capacity = 10_000

    /// - Parameter left: the ids that they were given and what they say, in the order in which they came.
    package mutating func linkLost(_ left: [(id: String, fingerprint: Int)]) {
        if count + left.count > Self.capacity { (ids, count) = ([:], 0) }
        for left in left { ids[left.fingerprint, default: []].append(left.id) }
        count += left.count
    }

    /// The id that a command without one was given when it came first.
    package mutating func id(of fingerprint: Int) -> String? {
        guard let id = ids[fingerprint]?.popFirst() else { return nil }
        if ids[fingerprint]?.isEmpty == true { ids[fingerprint] = nil }
        count -= 1
        return id
    }
}
