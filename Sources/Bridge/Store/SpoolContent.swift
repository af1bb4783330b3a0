/// All that is to be decided about the events that wait: which go into the file, which are given out, which are lost.
///
/// Rows lie in the file, and behind them in memory: until they are committed where the file works, else until it does.
struct SpoolContent: HandedOver {
    typealias ID = UInt64

    enum Keeping: Sendable, Hashable {
        /// There is no file.
        case memory
        /// It was not opened yet.
        case opening
        case file
        case trouble
    }

    let bounds: SpoolBounds
    var keeping: Keeping

    // MARK: - Events

    /// Those in memory.
    var rows = SpoolQueue()
    /// Those up to it are in the transaction that runs.
    var writing = Int64.min
    /// Who waits for the commit of the rows up to a number.
    var appenders: ArraySlice<(through: Int64, id: ID)> = []
    var nextNumber: Int64
    /// In memory and in the file.
    var held = SpoolHeld()
    /// How much of it is in the file, of what was not removed.
    var inFile = InFile()
    /// Whether the file was open before, and what it holds is still counted on.
    var knowsFile = false

    struct InFile: Sendable {
        var count = 0
        var bytes = 0
        /// When the oldest came, or a little before that. Unix milliseconds.
        var oldestAt: Int64?

        mutating func remove(_ count: Int, bytes: Int, oldestAt: Int64?) {
            self.count = max(0, self.count - count)
            self.bytes = self.count == 0 ? 0 : max(0, self.bytes - bytes)
            self.oldestAt = self.count == 0 ? nil : oldestAt ?? self.oldestAt
        }
    }

    // MARK: - Giving out

    /// Numbers of an earlier one mean nothing any more.
    var generation = 0
    var inHand: SpoolPortion?
    /// Those up to it were given out, and may be published by now: the bound lets them be.
    var handed = Int64.min
    /// Those up to it are not wanted any more.
    var removed = Int64.min
    /// And up to here the file has none of them.
    var deleted = Int64.min
    /// Who waits for how many.
    var readers: [ID: Int] = [:]
    /// Who waits for none to be left.
    var lookouts: [ID] = []

    // MARK: - What is withheld

    var withheld = SpoolWithheld()

    // MARK: - What is known

    var losses = SpoolLosses()
    /// How many were lost since the process began.
    var dropped = 0
    private var counted = 0
    private var saidAt = 1
    /// What is to be written of each agent.
    var changes: [String: AgentChange] = [:]
    /// Whether it is time to write that, with events or without.
    var isDue = false
    /// Another bridge has the file.
    var isElsewhere = false
    var mustDrop = false
    var lookups: [(id: ID, agent: String)] = []
    /// Who waits for what is being read of an agent.
    var lookingUp: Set<ID> = []
    /// Of a spool without a file.
    var records: [String: AgentRecord] = [:]

    /// - Parameter first: above the numbers of all processes before, if the clock is right.
    init(_ bounds: SpoolBounds, _ keeping: Keeping, firstNumber first: Int64) {
        self.bounds = bounds
        self.keeping = keeping
        nextNumber = first
    }

    var isEmpty: Bool {
        rows.isEmpty && !withheld.isWaiting && !isDue && !mustDrop && removed <= deleted && lookups.isEmpty
            && !mustRead
    }

    private var mustRead: Bool { !readers.isEmpty && inHand == nil && inFile.count > 0 }

    /// Whether what comes is held in memory only, and nobody waits for the file.
    var isHolding: Bool { keeping == .memory || keeping == .trouble }

    var status: SpoolStatus {
        SpoolStatus(
            count: inFile.count + rows.count, bytes: Int64(inFile.bytes + rows.bytes), oldestAt: oldestAt,
            dropped: dropped)
    }

    /// Whether no event waits.
    var isDrained: Bool { inFile.count == 0 && rows.isEmpty }

    var oldestAt: Int64? { inHand?.places.first?.at ?? inFile.oldestAt ?? rows.first?.at }

    /// What may not be dropped, up to this.
    var kept: Int64 { max(removed, handed) }

    // MARK: - Those who hand over

    /// - Returns: whether they wait for nothing.
    mutating func append(_ new: [SpoolRow], from id: ID, at now: Int64) -> Bool {
        var new = new
        for index in new.indices {
            new[index].number = nextNumber
            nextNumber += 1
            held.add(new[index].short)
        }
        if let last = new.last(where: { $0.releases != nil }), let id = last.releases {
            withheld.release(through: id, of: last.agent)
        }
        rows.append(new)
        guard isHolding else {
            appenders.append((nextNumber - 1, id))
            return false
        }
        if keeping == .memory {
            for row in new { know(AgentChange(row)) }
        }
        hold(at: now)
        return true
    }

    /// - Returns: whether it waits for nothing.
    mutating func withhold(_ new: [WithheldNotification], of agent: String, from id: ID) -> Bool {
        guard keeping != .memory else { return true }
        withheld.add(new, of: agent)
        guard !isHolding else { return true }
        withheld.wait(id)
        return false
    }

    mutating func remember(_ change: AgentChange) {
        guard keeping != .memory else { return know(change) }
        if changes[change.agent]?.merge(change) == nil { changes[change.agent] = change }
    }

    private mutating func know(_ change: AgentChange) {
        records[change.agent] = AgentRecord(records[change.agent], change)
    }

    enum Lookup: Sendable {
        case known(AgentRecord?)
        /// It is to be read from the file.
        case reading
    }

    mutating func record(of agent: String, for id: ID) -> Lookup {
        switch keeping {
        case .memory: return .known(record(records[agent], of: agent))
        case .trouble where !knowsFile: return .known(nil)
        case .opening, .file, .trouble:
            lookups.append((id, agent))
            // It is to see what was remembered before.
            isDue = isDue || !changes.isEmpty
            return .reading
        }
    }

    /// With what the file does not know yet, and with what is lost.
    mutating func record(_ record: AgentRecord?, of agent: String) -> AgentRecord? {
        guard var record else { return nil }
        let left = withheld.found(record.withheld, of: agent)
        if let change = changes[agent] { record = AgentRecord(record, change) }
        record.withheld = left
        record.loss = losses[agent]
        return record
    }

    mutating func loss(of agent: String, at now: Int64) -> SpoolLoss? {
        guard let loss = losses[agent] else { return nil }
        let isHalfFull =
            bounds.isMoreThanHalfFull(
                bytes: inFile.bytes + rows.bytes, of: keeping == .memory ? bounds.memory : bounds.size,
                oldestAt: oldestAt, now: now)
            || isHolding && rows.bytes > bounds.memory / 2
        return isHalfFull ? nil : losses.show(agent) ?? loss
    }

    /// Keeps the memory within its bounds.
    mutating func hold(at now: Int64) {
        guard isHolding else { return }
        let cutoff = now - bounds.age
        guard rows.bytes > bounds.memory || (rows.first?.at ?? .max) < cutoff else { return }
        // A little more than it must, so that it need not each time.
        let size = rows.bytes > bounds.memory ? bounds.memory - bounds.memory / 16 : rows.bytes
        let gone = rows.drop(after: max(kept, writing), toBytes: size, before: cutoff)
        for row in gone { lose(row.short) }
    }

    mutating func lose(_ place: SpoolPlace) {
        held.remove(place)
        losses.add(place.loss, of: place.agent)
        dropped += 1
    }

    /// - Returns: how many were lost since it was asked last, and how many in all where that is to be said again: at
    ///   the first, and when they have doubled.
    mutating func takeLosses() -> (new: Int, toSay: Int?) {
        defer { counted = dropped }
        guard dropped >= saidAt else { return (dropped - counted, nil) }
        saidAt = 2 * dropped
        return (dropped - counted, dropped)
    }

    mutating func tick(at now: Int64) {
        isDue = keeping != .memory && (!changes.isEmpty || !losses.unwritten.isEmpty || !withheld.isEmpty)
        mustDrop = (inFile.oldestAt ?? .max) < now - bounds.age || inFile.bytes > bounds.size
        hold(at: now)
    }
}

extension AgentChange {
    /// What the spool knows by holding an event.
    init(_ row: SpoolRow) {
        self.init(agent: row.agent, epoch: row.place.epoch, sequence: row.place.sequence)
    }
}
