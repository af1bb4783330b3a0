/// Several changes of one agent are written as one.
extension AgentChange {
    /// What both say.
    mutating func merge(_ newer: AgentChange) {
        advance(to: newer.epoch, newer.sequence)
        unbrokenUntil = newer.unbrokenUntil ?? unbrokenUntil
        calls.merge(newer.calls) { $1 }
        devices.merge(newer.devices) { $1 }
        isComplete = newer.isComplete
    }

    /// Later epochs sort after earlier ones.
    mutating func advance(to epoch: String, _ sequence: Int64) {
        guard (self.epoch, self.sequence) < (epoch, sequence) else { return }
        (self.epoch, self.sequence) = (epoch, sequence)
    }
}

extension AgentRecord {
    /// - Parameter known: what was known before.
    init(_ known: AgentRecord?, _ change: AgentChange) {
        var merged = change
        if let known {
            merged.advance(to: known.epoch, known.sequence)
            merged.unbrokenUntil = change.unbrokenUntil ?? known.unbrokenUntil
        }
        self.init(
            epoch: merged.epoch, sequence: merged.sequence, unbrokenUntil: merged.unbrokenUntil,
            calls: known?.calls ?? [:], devices: known?.devices ?? [:],
            isComplete: change.isComplete)
        for (id, json) in change.calls { calls[id] = json }
        devices.merge(change.devices) { $1 }
    }
}
