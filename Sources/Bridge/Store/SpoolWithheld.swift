/// Notifications that are withheld, on their way into the spool's file. They are out of it in the transaction that writes
/// the events that they have become.
struct SpoolWithheld: Sendable {
    typealias WaiterID = UInt64
    typealias ID = WithheldNotification.ID

    /// What a transaction does about them.
    struct Portion: Sendable {
        /// By agent, in their order.
        var rows: [String: [WithheldNotification]] = [:]
        /// Up to which of each agent they are to be removed, those rows among them.
        var releases: [String: ID] = [:]

        var isEmpty: Bool { rows.isEmpty && releases.isEmpty }

        mutating func release(through id: ID, of agent: String) {
            releases[agent] = releases[agent].map { max($0, id) } ?? id
        }
    }

    private var next = Portion()
    /// Who waits for it.
    private var waiters: [WaiterID] = []
    /// Who waits for the transaction that runs.
    private var waitersOfRunning: [WaiterID] = []
    /// The last of each agent that were let go in this process.
    private var released: [String: ID] = [:]
    /// The last of each agent that are in the file, and in the transaction that runs.
    private var inFile: [String: ID] = [:]
    private var inRunning: [String: ID] = [:]

    /// Whether some wait for a transaction. What was let go does not: it goes with its events, or with the next.
    var isWaiting: Bool { !next.rows.isEmpty }
    var isEmpty: Bool { next.isEmpty }

    // MARK: - Those who hand over

    mutating func add(_ new: [WithheldNotification], of agent: String) {
        next.rows[agent, default: []] += new
    }

    mutating func wait(_ id: WaiterID) { waiters.append(id) }

    mutating func release(through id: ID, of agent: String) {
        released[agent] = id
        let left = next.rows[agent]?.filter { $0.id > id } ?? []
        next.rows[agent] = left.isEmpty ? nil : left
        next.release(through: id, of: agent)
    }

    /// - Returns: who waits, and shall not any longer.
    mutating func takeWaiters() -> [WaiterID] {
        defer { (waiters, waitersOfRunning) = ([], []) }
        return waitersOfRunning + waiters
    }

    // MARK: - The file

    /// Whether some of the agent's may be in the file. Who reads them there gives them the numbers that come next by what
    /// the file says: so nothing of the agent may be given out that the file does not know.
    func mayBeInFile(_ agent: String) -> Bool { inFile[agent] != nil || inRunning[agent] != nil }

    /// What the file has of an agent, but for what was let go.
    mutating func found(_ rows: [WithheldNotification], of agent: String) -> [WithheldNotification] {
        inFile[agent] = rows.last?.id ?? inFile[agent]
        guard let released = released[agent] else { return rows }
        return rows.filter { $0.id > released }
    }

    /// For the transaction to come.
    mutating func take() -> Portion {
        defer { (next, waiters) = (Portion(), []) }
        waitersOfRunning = waiters
        inRunning = next.rows.compactMapValues(\.last?.id)
        return next
    }

    /// - Returns: who waited for it.
    mutating func wrote(_ portion: Portion) -> [WaiterID] {
        inFile.merge(inRunning) { $1 }
        for (agent, id) in portion.releases where inFile[agent].map({ $0 <= id }) ?? false {
            inFile[agent] = nil
        }
        defer { (inRunning, waitersOfRunning) = ([:], []) }
        return waitersOfRunning
    }

    /// It could not be written. What was let go meanwhile does not come back.
    mutating func putBack(_ portion: Portion) {
        for (agent, rows) in portion.rows {
            let left = rows.filter { row in released[agent].map { $0 < row.id } ?? true }
            if !left.isEmpty { next.rows[agent] = left + (next.rows[agent] ?? []) }
        }
        for (agent, id) in portion.releases { next.release(through: id, of: agent) }
        waiters = waitersOfRunning + waiters
        (inRunning, waitersOfRunning) = ([:], [])
    }

    /// There is no such file any more.
    mutating func forgetFile() { (inFile, inRunning) = ([:], [:]) }

    /// - Returns: how many are lost with the process.
    mutating func close() -> Int { take().rows.values.reduce(0) { $0 + $1.count } }
}
