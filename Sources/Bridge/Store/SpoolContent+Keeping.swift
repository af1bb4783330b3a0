/// What the keeper of the file does, and what becomes of it.
extension SpoolContent {
    /// What one transaction writes, and what is read after it.
    struct Batch: Sendable {
        var rows: ArraySlice<SpoolRow> = []
        var changes: [String: AgentChange] = [:]
        var losses: [String: SpoolLoss?] = [:]
        var withheld = SpoolWithheld.Portion()
        /// Those up to it are to be deleted.
        var deletion: Int64?
        /// What of the bound is broken then.
        var drop: SpoolDrop?
        /// Behind this may be dropped.
        var kept = Int64.min
        /// So many are to be read, where any are.
        var reading: Int?
        var removed = Int64.min
        var generation = 0
        var lookups: [(id: ID, agent: String)] = []

        var writes: Bool {
            !rows.isEmpty || !changes.isEmpty || !losses.isEmpty || !withheld.isEmpty || deletion != nil
                || drop != nil
        }
    }

    /// One transaction is not to take longer than that many take.
    private static let rowsAtATime = 10_000
    private static let bytesAtATime = 8 << 20

    /// - Parameter isWaiting: whether somebody waits still, by that id.
    /// - Returns: nil where there is nothing to do.
    mutating func take(at now: Int64, isWaiting: (ID) -> Bool) -> Batch? {
        readers = readers.filter { isWaiting($0.key) }
        lookups.removeAll { !isWaiting($0.id) }
        guard !isEmpty else { return nil }
        var batch = Batch()
        batch.rows = rows.prefix(Self.rowsAtATime, bytes: Self.bytesAtATime)
        writing = batch.rows.last?.number ?? writing
        batch.deletion = removed > deleted ? removed : nil
        let excess = inFile.bytes + batch.rows.reduce(0) { $0 + $1.bytes } - bounds.size
        if excess > 0 || mustDrop { batch.drop = SpoolDrop(excess: excess, cutoff: now - bounds.age) }
        mustDrop = false
        (batch.kept, batch.removed, batch.generation) = (kept, removed, generation)
        // What is known is not written before the events that it is known by.
        if batch.writes || withheld.isWaiting || isDue, batch.rows.count == rows.count {
            (batch.changes, changes) = (changes, [:])
            batch.losses = losses.take()
            batch.withheld = withheld.take()
            isDue = false
        }
        for row in batch.rows {
            if let id = row.releases { batch.withheld.release(through: id, of: row.agent) }
            if batch.changes[row.agent]?.advance(to: row.place.epoch, row.place.sequence) == nil {
                batch.changes[row.agent] = AgentChange(row)
            }
        }
        if inHand == nil, inFile.count > 0 || !batch.rows.isEmpty { batch.reading = readers.values.max() }
        (batch.lookups, lookups) = (lookups, [])
        lookingUp.formUnion(batch.lookups.map(\.id))
        return batch
    }

    /// The transaction is committed.
    ///
    /// - Parameter isMore: whether the bound may still be broken.
    /// - Returns: who waited for it.
    mutating func wrote(_ batch: Batch, _ drop: SpoolDrop?, isMore: Bool) -> [ID] {
        keeping = .file
        writing = .min
        if let deletion = batch.deletion { deleted = max(deleted, deletion) }
        if let last = batch.rows.last {
            rows.remove(through: last.number)
            // Others were removed meanwhile.
            let added = batch.rows.drop { $0.number <= removed }
            if inFile.count == 0 { inFile.oldestAt = added.first?.at }
            inFile.count += added.count
            inFile.bytes += added.reduce(0) { $0 + $1.bytes }
        }
        if let drop { finish(drop) }
        if isMore { mustDrop = true }
        let committed = batch.rows.last?.number ?? .min
        let waited = appenders.prefix { $0.through <= committed }
        appenders = appenders[waited.endIndex...]
        return waited.map(\.id) + withheld.wrote(batch.withheld)
    }

    private mutating func finish(_ drop: SpoolDrop) {
        inFile.remove(drop.count, bytes: drop.bytes, oldestAt: drop.oldestAt)
        for (agent, gone) in drop.agents {
            held.remove(gone.loss.count, of: agent, through: gone.last)
            losses.add(gone.loss, of: agent, isWritten: true)
        }
        dropped += drop.count
    }

    /// What was read, if nobody has removed it meanwhile.
    ///
    /// - Returns: who asked for it.
    mutating func read(_ rows: [SpoolRow], of batch: Batch) -> [ID] {
        guard batch.generation == generation, batch.removed == removed, inHand == nil else { return [] }
        guard let last = rows.last else {
            // The file is the one to say what is in it.
            inFile = InFile()
            held = SpoolHeld(self.rows.rows)
            return []
        }
        handed = max(handed, last.number)
        defer { readers = [:] }
        return Array(readers.keys)
    }

    /// It could not be written, and will be tried again with what came since.
    mutating func putBack(_ batch: Batch) {
        writing = .min
        for (agent, older) in batch.changes {
            var change = older
            if let newer = changes[agent] { change.merge(newer) }
            changes[agent] = change
        }
        losses.putBack(batch.losses.keys)
        withheld.putBack(batch.withheld)
        mustDrop = mustDrop || batch.drop != nil
        isDue = isDue || !batch.changes.isEmpty || !batch.losses.isEmpty
    }

    /// The file is open.
    mutating func opened(_ contents: SpoolContents) {
        if knowsFile {
            // The last commit may have been more than it seemed.
            if let last = contents.last { rows.remove(through: last) }
        } else {
            (generation, inHand) = (generation + 1, nil)
            (handed, removed, deleted) = (.min, .min, .min)
            if let last = contents.last, last >= rows.first?.number ?? nextNumber {
                rows.renumber(from: last + 1)
                nextNumber = last + 1 + Int64(rows.count)
                renumberAppenders()
            }
            losses.found(contents.losses)
            knowsFile = true
        }
        held = SpoolHeld(rows.rows)
        held.putBefore(contents.agents)
        inFile = InFile(count: contents.count, bytes: contents.bytes, oldestAt: contents.oldestAt)
        if keeping == .opening { keeping = .file }
    }

    /// They wait for all that there is.
    private mutating func renumberAppenders() {
        let ids = appenders.map(\.id)
        appenders = ArraySlice(ids.map { (nextNumber - 1, $0) })
    }

    /// - Parameter isLost: whether what the file holds is given up.
    /// - Returns: who waits no longer for a commit.
    mutating func failed(isLost: Bool, at now: Int64) -> [ID] {
        writing = .min
        if isLost, knowsFile { giveUp() }
        return goOnInMemory(at: now)
    }

    /// What was begun takes long, and may never end: nobody waits for it. If it does end, it was not in vain.
    ///
    /// - Returns: who waits no longer for a commit.
    mutating func stalled(at now: Int64) -> [ID] { goOnInMemory(at: now) }

    private mutating func goOnInMemory(at now: Int64) -> [ID] {
        keeping = .trouble
        defer { appenders = [] }
        hold(at: now)
        return appenders.map(\.id) + withheld.takeWaiters()
    }

    /// Who waits for what cannot be read; of a file that was open, only where it does not answer.
    mutating func takeLookups(isStalled: Bool = false) -> [ID] {
        guard !knowsFile || isStalled else { return [] }
        defer { (lookups, lookingUp) = ([], []) }
        return lookups.map(\.id) + lookingUp
    }

    private mutating func giveUp() {
        for (agent, loss) in held.losses(but: rows.rows) {
            losses.add(loss, of: agent)
            dropped += loss.count
        }
        held = SpoolHeld(rows.rows)
        inFile = InFile()
        (generation, inHand, knowsFile) = (generation + 1, nil, false)
        withheld.forgetFile()
        (handed, removed, deleted) = (.min, .min, .min)
    }

    /// - Returns: how many events are lost with the process.
    mutating func close() -> Int {
        defer { rows = SpoolQueue() }
        return rows.count + withheld.close()
    }
}
