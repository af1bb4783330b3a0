package import GWS

/// What GWS told after a gap, and waits until that is made up for. It has no number yet: what makes up for the gap is
/// published before it.
package struct WithheldNotification: Sendable, Equatable {
    /// Tells it from the agent's others; those that came later are greater.
    package struct ID: Sendable, Hashable, Comparable {
        /// Of the gap.
        package let epoch: String
        package let ordinal: Int64

        package init(epoch: String, ordinal: Int64) {
            self.epoch = epoch
            self.ordinal = ordinal
        }

        package static func < (one: ID, other: ID) -> Bool {
            (one.epoch, one.ordinal) < (other.epoch, other.ordinal)
        }
    }

    package let id: ID
    package let notification: GWS.Notification

    package init(_ id: ID, _ notification: GWS.Notification) {
        self.id = id
        self.notification = notification
    }
}
