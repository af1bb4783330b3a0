package import RawJSON

/// What is known of an agent by all that was published: where its numbering stands, and its calls and devices. It
/// outlives the process, so that the next one can tell what changed meanwhile.
package struct AgentRecord: Sendable, Equatable {
    package var epoch: String
    /// Of the last message.
    package var sequence: Int64
    /// Unix milliseconds, up to which nothing was missed; nil where that is not known.
    package var unbrokenUntil: Int64?
    /// By their ids; none that are over.
    package var calls: [String: RawJSON]
    package var devices: [String: RawJSON]
    /// What the spool had to drop and nobody has been told of.
    package var loss: SpoolLoss?
    /// What waits for a gap to be made up for, in its order.
    package var withheld: [WithheldNotification]
    /// Whether that is all that was published. What a process knew that ended suddenly may lag behind.
    package var isComplete: Bool

    package init(
        epoch: String, sequence: Int64, unbrokenUntil: Int64? = nil, calls: [String: RawJSON] = [:],
        devices: [String: RawJSON] = [:], loss: SpoolLoss? = nil, withheld: [WithheldNotification] = [],
        isComplete: Bool = false
    ) {
        self.epoch = epoch
        self.sequence = sequence
        self.unbrokenUntil = unbrokenUntil
        self.calls = calls
        self.devices = devices
        self.loss = loss
        self.withheld = withheld
        self.isComplete = isComplete
    }
}

/// A span of an agent's events that the spool had to drop.
package struct SpoolLoss: Sendable, Hashable {
    package var epoch: String
    /// Of the last message before those that were dropped; 0 if the epoch's first was among them.
    package var lastSequence: Int64
    /// When the first of them had come, Unix milliseconds.
    package var from: Int64
    package var count: Int

    package init(epoch: String, lastSequence: Int64, from: Int64, count: Int) {
        self.epoch = epoch
        self.lastSequence = lastSequence
        self.from = from
        self.count = count
    }
}
