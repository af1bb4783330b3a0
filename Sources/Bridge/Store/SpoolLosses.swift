/// What the spool had to drop and nobody has been told of, by agent.
struct SpoolLosses: Sendable {
    private struct Loss {
        /// As it was last asked for.
        var shown: SpoolLoss?
        /// What was lost since.
        var since: SpoolLoss?

        var all: SpoolLoss? { shown.map { $0.adding(since) } ?? since }
    }

    private var losses: [String: Loss] = [:]
    /// Agents of whom the file does not say what is so.
    private(set) var unwritten: Set<String> = []

    subscript(agent: String) -> SpoolLoss? { losses[agent]?.all }

    /// - Parameter isWritten: whether the file has it already.
    mutating func add(_ loss: SpoolLoss, of agent: String, isWritten: Bool = false) {
        let since = losses[agent]?.since
        losses[agent, default: Loss()].since = since?.adding(loss) ?? loss
        if !isWritten { unwritten.insert(agent) }
    }

    /// Whoever tells of it tells of all that is lost by now.
    mutating func show(_ agent: String) -> SpoolLoss? {
        guard let all = self[agent] else { return nil }
        losses[agent] = Loss(shown: all)
        return all
    }

    /// What was lost after it was shown is still to be told.
    mutating func told(_ agent: String) {
        guard let loss = losses[agent], loss.shown != nil else { return }
        losses[agent] = loss.since.map { Loss(since: $0) }
        unwritten.insert(agent)
    }

    /// A file is open that has these; they are older than what was lost in this process.
    mutating func found(_ older: [String: SpoolLoss]) {
        for (agent, older) in older {
            let newer = self[agent]
            losses[agent] = Loss(since: older.adding(newer))
            if newer != nil { unwritten.insert(agent) }
        }
    }

    /// For the transaction to come.
    mutating func take() -> [String: SpoolLoss?] {
        defer { unwritten = [] }
        return Dictionary(uniqueKeysWithValues: unwritten.map { ($0, self[$0]) })
    }

    mutating func putBack(_ agents: some Sequence<String>) { unwritten.formUnion(agents) }
}

extension SpoolLoss {
    /// Both: the span that covers them.
    func adding(_ other: SpoolLoss?) -> SpoolLoss {
        guard let other else { return self }
        var sum = (other.epoch, other.lastSequence) < (epoch, lastSequence) ? other : self
        sum.from = min(from, other.from)
        sum.count = count + other.count
        return sum
    }
}
