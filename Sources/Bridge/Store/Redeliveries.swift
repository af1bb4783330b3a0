/// What a lost link left behind: the broker delivers it again, and it must be known for what it is.
///
/// A command that only waited here was certainly not sent, so it may be now, unless somebody else had it in between.
/// A command without an id of its own is known by what it says.
package struct Redeliveries: Sendable {
    /// A delivery that was not settled when its link was lost.
    package struct Left: Sendable {
        package let id: String
        /// What the command says; nil if it has an id of its own.
        package let fingerprint: Int?
        /// The queue's count of earlier deliveries, where it counts.
        package let deliveryCount: Int64?
        /// Whether GWS may have got it.
        package let mayBeSent: Bool

        package init(id: String, fingerprint: Int?, deliveryCount: Int64?, mayBeSent: Bool) {
            self.id = id
            self.fingerprint = fingerprint
            self.deliveryCount = deliveryCount
            self.mayBeSent = mayBeSent
        }
    }

    private var unsent: [String: Int64] = [:]
    private var nameless: [Int: ArraySlice<String>] = [:]

    package init() {}

    /// So many are remembered before those are forgotten that nobody brought back: they went to another consumer.
    static let capacity = 10_000

    /// - Parameter left: in the order in which they came.
    package mutating func linkLost(_ left: [Left]) {
        if unsent.count + nameless.count > Self.capacity { self = Redeliveries() }
        for left in left {
            if let fingerprint = left.fingerprint { nameless[fingerprint, default: []].append(left.id) }
            if !left.mayBeSent, let count = left.deliveryCount { unsent[left.id] = count }
        }
    }

    /// The id that a command without one was given when it came first.
    package mutating func id(of fingerprint: Int) -> String? {
        let id = nameless[fingerprint]?.popFirst()
        if nameless[fingerprint]?.isEmpty == true { nameless[fingerprint] = nil }
        return id
    }

    /// Whether it is certain that the command was not sent before: it waited here, and this is the very next delivery.
    package mutating func isUnsent(_ id: String, deliveryCount: Int64?) -> Bool {
        guard let earlier = unsent.removeValue(forKey: id), let deliveryCount else { return false }
        return deliveryCount <= earlier + 1
    }
}
