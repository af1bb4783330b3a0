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
        package let wasSent: Bool

        package init(id: String, fingerprint: Int?, deliveryCount: Int64?, wasSent: Bool) {
            self.id = id
            self.fingerprint = fingerprint
            self.deliveryCount = deliveryCount
            self.wasSent = wasSent
        }
    }

    private var unsent: [String: Int64] = [:]
    private var nameless: [Int: ArraySlice<String>] = [:]

    package init() {}

    /// - Parameter left: in the order in which they came. What an earlier loss left and nobody delivered since went to
    ///   another consumer, and is forgotten.
    package mutating func linkLost(_ left: [Left]) {
        self = Redeliveries()
        for left in left {
            if let fingerprint = left.fingerprint { nameless[fingerprint, default: []].append(left.id) }
            if !left.wasSent, let count = left.deliveryCount { unsent[left.id] = count }
        }
    }

    /// The id that a command without one was given when it came first.
    package mutating func id(of fingerprint: Int) -> String? {
        nameless[fingerprint]?.popFirst()
    }

    /// Whether it is certain that the command was not sent before: it waited here, and this is the very next delivery.
    package mutating func isUnsent(_ id: String, deliveryCount: Int64?) -> Bool {
        guard let earlier = unsent.removeValue(forKey: id), let deliveryCount else { return false }
        return deliveryCount <= earlier + 1
    }
}
