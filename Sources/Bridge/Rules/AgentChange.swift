package import RawJSON

/// What became known of an agent, by something that was published.
package struct AgentChange: Sendable, Equatable {
    package let agent: String
    package var epoch: String
    /// Of the last message.
    package var sequence: Int64
    /// Unix milliseconds, up to which nothing was missed; nil where that is not known, and then what was known stands.
    package var unbrokenUntil: Int64?
    /// By their ids; nil for one that is over. Those that are not named stay as they were.
    package var calls: [String: RawJSON?]
    package var devices: [String: RawJSON]
    /// Whether nothing follows, and nothing that was published is missing here.
    package var isComplete: Bool

    package init(
        agent: String, epoch: String, sequence: Int64, unbrokenUntil: Int64? = nil,
        calls: [String: RawJSON?] = [:], devices: [String: RawJSON] = [:], isComplete: Bool = false
    ) {
        self.agent = agent
        self.epoch = epoch
        self.sequence = sequence
        self.unbrokenUntil = unbrokenUntil
        self.calls = calls
        self.devices = devices
        self.isComplete = isComplete
    }
}
