/// Notifications that are withheld, on their way into the spool's file. They are out of it with the events that they
/// have become: as both or neither they survive the process.
struct SpoolWithheld: Sendable {
    typealias WaiterID = UInt64

    struct Row: Sendable, Equatable {
        let agent: String
        let withheld: WithheldNotification
    }

    /// What a transaction does about them.
    struct Portion: Sendable {
        var rows: [Row] = []
        /// Who waits for those.
        var waiters: [WaiterID] = []
        /// Up to which of each agent they are to be removed, those rows among them.
        var releases: [String: WithheldNotification.ID] = [:]

        var isEmpty: Bool { rows.isEmpty && releases.isEmpty }

        mutating func release(through id: WithheldNotification.ID, of agent: String) {
            releases[agent] = releases[agent].map { max($0, id) } ?? id
        }
    }

    private var next = Portion()
    /// The last of each agent that was let go in this process.
    private var released: [String: WithheldNotification.ID] = [:]

    /// Whether some wait for a transaction. What was let go does not: it goes with its events, or with the next.
    var isWaiting: Bool { !next.rows.isEmpty }
    var isEmpty: Bool { next.isEmpty }

    mutating func add(_ new: [WithheldNotification], of agent: String) {
        next.rows += new.map { Row(agent: agent, withheld: $0) }
    }

    mutating func wait(_ id: WaiterID) { next.waiters.append(id) }

    mutating func release(through id: WithheldNotification.ID, of agent: String) {
        released[agent] = id
        next.rows.removeAll { $0.agent == agent && $0.withheld.id <= id }
        next.release(through: id, of: agent)
    }

    mutating func take() -> Portion {
        defer { next = Portion() }
        return next
    }

    /// It could not be written. What was let go meanwhile does not come back.
    mutating func putBack(_ portion: Portion) {
        let rows = portion.rows.filter { row in released[row.agent].map { $0 < row.withheld.id } ?? true }
        next.rows = rows + next.rows
        next.waiters = portion.waiters + next.waiters
        for (agent, id) in portion.releases { next.release(through: id, of: agent) }
    }

    /// - Returns: who waits no longer.
    mutating func takeWaiters() -> [WaiterID] {
        defer { next.waiters = [] }
        return next.waiters
    }

    /// - Returns: how many are lost with the process.
    mutating func close() -> Int { take().rows.count }
}
