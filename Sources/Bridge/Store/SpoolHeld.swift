/// How many events of each agent wait, and what was before the first of them.
struct SpoolHeld: Sendable {
    struct Agent: Sendable, Hashable {
        var count: Int
        /// What is lost if they are: all of them.
        var before: SpoolLoss
    }

    private(set) var agents: [String: Agent] = [:]

    init() {}

    init(_ rows: some Sequence<SpoolRow>) {
        for row in rows { add(row.short) }
    }

    subscript(agent: String) -> Agent? {
        get { agents[agent] }
        set { agents[agent] = newValue }
    }

    /// It came as the last.
    mutating func add(_ place: SpoolPlace) {
        agents[place.agent, default: Agent(count: 0, before: place.loss)].count += 1
    }

    /// It is gone, as the first of its agent.
    mutating func remove(_ place: SpoolPlace) { remove(1, of: place.agent, through: place) }

    mutating func remove(_ count: Int, of agent: String, through place: SpoolPlace) {
        guard let held = agents[agent] else { return }
        let left = held.count - count
        let before = SpoolLoss(
            epoch: place.epoch, lastSequence: place.sequence, from: place.since, count: 0)
        agents[agent] = left > 0 ? Agent(count: left, before: before) : nil
    }

    /// Puts those before what is held: they are older.
    mutating func putBefore(_ older: [String: Agent]) {
        for (agent, older) in older {
            agents[agent] = Agent(count: older.count + (agents[agent]?.count ?? 0), before: older.before)
        }
    }

    /// What is lost with all but these.
    func losses(but rows: some Sequence<SpoolRow>) -> [String: SpoolLoss] {
        let kept = SpoolHeld(rows)
        return agents.reduce(into: [:]) { losses, agent in
            var loss = agent.value.before
            loss.count = agent.value.count - (kept[agent.key]?.count ?? 0)
            if loss.count > 0 { losses[agent.key] = loss }
        }
    }
}
