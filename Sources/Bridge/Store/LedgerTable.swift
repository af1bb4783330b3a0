internal import GRDB

/// The ledger's table: what it looks like, and how entries go into it and come out of it.
enum LedgerTable {
    /// In the file's header. A file of a later one is left alone.
    static let version = 1
    /// "gwsL", in the file's header.
    static let applicationID = 0x6777_734C

    static let creation = """
        CREATE TABLE ledger (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            stage TEXT NOT NULL,
            delivery_count INTEGER,
            arrived_at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            sent_at INTEGER,
            accepted_at INTEGER,
            doubt TEXT,
            state_before TEXT,
            verdict TEXT,
            first_noted_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL
        )
        """

    private static let columns =
        "stage, delivery_count, arrived_at, attempts, sent_at, accepted_at, doubt, state_before, verdict, changed_at"

    // It is updated where it stands: nothing moves, and only the first entry of a command touches the index. The last
    // lines are LedgerEntry.follows(_:), on what another bridge may have written meanwhile.
    private static let put = """
        INSERT INTO ledger (id, \(columns), first_noted_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
        ON CONFLICT (id) DO UPDATE SET (\(columns)) = (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        WHERE stage NOT IN ('ended', 'told') OR verdict IS NULL OR ?2 = 'told' AND (stage = 'ended' OR verdict = ?10)
        """

    private static let get = "SELECT \(columns) FROM ledger WHERE id = ?1"

    /// - Parameter now: Unix milliseconds.
    static func put(_ entries: [LedgerEntry], at now: Int64, in database: Database) throws {
        guard !entries.isEmpty else { return }
        let statement = try database.cachedStatement(sql: put)
        for entry in entries {
            statement.bind(entry.id, at: 1)
            statement.bind(entry.stage.rawValue, at: 2)
            statement.bind(entry.deliveryCount, at: 3)
            statement.bind(entry.arrivedAt, at: 4)
            statement.bind(Int64(entry.attempts), at: 5)
            statement.bind(entry.sentAt, at: 6)
            statement.bind(entry.acceptedAt, at: 7)
            statement.bind(entry.doubt, at: 8)
            statement.bind(entry.before, at: 9)
            statement.bind(entry.verdict?.json, at: 10)
            statement.bind(now, at: 11)
            try statement.perform()
        }
    }

    static func entries(of ids: [String], in database: Database) throws -> [ExactID: LedgerEntry] {
        let statement = try database.cachedStatement(sql: get)
        var found: [ExactID: LedgerEntry] = [:]
        for id in ids {
            statement.bind(id, at: 1)
            defer { statement.rewind() }
            if try statement.step() { found[ExactID(string: id)] = entry(id, statement) }
        }
        return found
    }

    /// What is not legible was written by somebody else. It is taken for a command that GWS may have got.
    private static func entry(_ id: String, _ row: Statement) -> LedgerEntry {
        var entry = LedgerEntry(
            id: id, stage: row.text(0).flatMap(LedgerEntry.Stage.init) ?? .sent, deliveryCount: row.number(1),
            arrivedAt: row.number(2) ?? 0, attempts: Int(row.number(3) ?? 0), sentAt: row.number(4),
            acceptedAt: row.number(5), doubt: row.text(6), before: row.text(7),
            verdict: row.bytes(8).flatMap(Verdict.init(json:)))
        if entry.stage.isOver, entry.verdict == nil { entry.stage = .sent }
        return entry
    }

    // MARK: - Pruning

    /// - Parameter now: Unix milliseconds.
    static func pruning(_ bounds: LedgerBounds, at now: Int64, in database: Database) throws -> LedgerPruning
    {
        let count = try count(atMost: bounds.count, in: database)
        return LedgerPruning(cutoff: now - bounds.age, excess: max(0, count - bounds.count))
    }

    /// Counting reads the whole index, and is done only where there may be too many.
    private static func count(atMost limit: Int, in database: Database) throws -> Int {
        let ends = try database.cachedStatement(
            sql: "SELECT (SELECT max(number) FROM ledger) - (SELECT min(number) FROM ledger) + 1")
        defer { ends.rewind() }
        guard try ends.step(), let most = ends.number(0), most > limit else { return 0 }
        let count = try database.cachedStatement(sql: "SELECT count(*) FROM ledger")
        defer { count.rewind() }
        return try count.step() ? Int(count.number(0) ?? 0) : 0
    }

    /// Looks at so many rows, and removes those that the ledger need not keep.
    ///
    /// - Returns: whether there may be more.
    static func prune(_ pruning: inout LedgerPruning, rows limit: Int, in database: Database) throws -> Bool {
        var (looked, doomed, isOver) = (0, [Int64](), false)
        let rows = try database.cachedStatement(
            sql:
                "SELECT number, stage, first_noted_at, changed_at FROM ledger WHERE number > ?1 ORDER BY number LIMIT ?2"
        )
        rows.bind(pruning.number, at: 1)
        rows.bind(Int64(limit), at: 2)
        do {
            defer { rows.rewind() }
            while !isOver, try rows.step() {
                looked += 1
                let row = LedgerPruning.Row(
                    number: rows.number(0) ?? 0,
                    isOver: rows.text(1).flatMap(LedgerEntry.Stage.init)?.isOver ?? false,
                    firstNotedAt: rows.number(2) ?? 0, changedAt: rows.number(3) ?? 0)
                switch pruning.decide(row) {
                case .keep: break
                case .delete: doomed.append(row.number)
                case .stop: isOver = true
                }
            }
        }
        let deletion = try database.cachedStatement(sql: "DELETE FROM ledger WHERE number = ?1")
        for number in doomed {
            deletion.bind(number, at: 1)
            try deletion.perform()
        }
        return !isOver && looked == limit
    }
}
