internal import GRDB

/// The spool's tables: what they look like, and how events go into them and come out of them.
enum SpoolTable {
    /// In the file's header. A file of a later one is left alone.
    static let version = 1
    /// "gwsS", in the file's header.
    static let applicationID = 0x6777_7353

    // The index holds all but the messages, so that what only counts or drops need not read them.
    static let creation = """
        CREATE TABLE events (
            number INTEGER PRIMARY KEY,
            agent TEXT NOT NULL,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            call_sequence INTEGER,
            at INTEGER NOT NULL,
            since INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            message BLOB NOT NULL
        );
        CREATE INDEX events_in_short ON events (number, agent, epoch, sequence, at, since, bytes);
        CREATE TABLE losses (
            agent TEXT PRIMARY KEY,
            epoch TEXT NOT NULL,
            last_sequence INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            count INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE agents (
            agent TEXT PRIMARY KEY,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            unbroken_until INTEGER,
            is_complete INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE withheld (
            agent TEXT NOT NULL,
            epoch TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            at INTEGER NOT NULL,
            channel TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (agent, epoch, ordinal)
        ) WITHOUT ROWID;
        CREATE TABLE known (
            agent TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (agent, kind, id)
        ) WITHOUT ROWID;
        """

    static func put(_ rows: some Sequence<SpoolRow>, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        for row in rows {
            statement.bind(row.number, at: 1)
            statement.bind(row.agent, at: 2)
            statement.bind(row.place.epoch, at: 3)
            statement.bind(row.place.sequence, at: 4)
            statement.bind(row.place.callSequence, at: 5)
            statement.bind(row.at, at: 6)
            statement.bind(row.since, at: 7)
            statement.bind(Int64(row.bytes), at: 8)
            statement.bind(blob: row.message, at: 9)
            try statement.perform()
        }
    }

    /// The oldest behind a number, as many as are asked for, and not many more bytes.
    static func rows(
        _ count: Int, bytes limit: Int, after number: Int64, in database: Database
    ) throws -> [SpoolRow] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, agent, epoch, sequence, call_sequence, at, since, message FROM events
                WHERE number > ?1 ORDER BY number LIMIT ?2
                """)
        statement.bind(number, at: 1)
        statement.bind(Int64(count), at: 2)
        defer { statement.rewind() }
        var (rows, bytes) = ([SpoolRow](), 0)
        while bytes < limit, try statement.step() {
            let row = SpoolRow(
                number: statement.number(0) ?? 0, agent: statement.text(1) ?? "",
                place: Continuity.Place(
                    epoch: statement.text(2) ?? "", sequence: statement.number(3) ?? 0,
                    callSequence: statement.number(4)),
                at: statement.number(5) ?? 0, since: statement.number(6) ?? 0, message: statement.blob(7))
            rows.append(row)
            bytes += row.bytes
        }
        return rows
    }

    static func remove(through number: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(sql: "DELETE FROM events WHERE number <= ?1")
        statement.bind(number, at: 1)
        try statement.perform()
    }

    // MARK: - The bound

    /// Looks at so many events behind a number, and removes those that the spool may not keep.
    ///
    /// - Returns: whether there may be more.
    static func drop(
        _ drop: inout SpoolDrop, after number: Int64, rows limit: Int, in database: Database
    ) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, agent, epoch, sequence, at, since, bytes FROM events INDEXED BY events_in_short
                WHERE number > ?1 ORDER BY number LIMIT ?2
                """)
        statement.bind(number, at: 1)
        statement.bind(Int64(limit), at: 2)
        var isMore = true
        do {
            defer { statement.rewind() }
            while isMore, try statement.step() { isMore = drop.takes(place(statement)) }
        }
        guard let last = drop.through else { return false }
        let deletion = try database.cachedStatement(
            sql: "DELETE FROM events WHERE number > ?1 AND number <= ?2")
        deletion.bind(number, at: 1)
        deletion.bind(last, at: 2)
        try deletion.perform()
        try add(drop.agents.mapValues(\.loss), in: database)
        return isMore && drop.count == limit
    }

    private static func place(_ row: Statement) -> SpoolPlace {
        SpoolPlace(
            number: row.number(0) ?? 0, agent: row.text(1) ?? "", epoch: row.text(2) ?? "",
            sequence: row.number(3) ?? 0, at: row.number(4) ?? 0, since: row.number(5) ?? 0,
            bytes: Int(row.number(6) ?? 0))
    }

    // MARK: - Losses

    private static let columns = "(agent, epoch, last_sequence, first_at, count)"

    private static func add(_ losses: [String: SpoolLoss], in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO losses \(columns) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (agent) DO UPDATE SET
                    count = count + ?5, first_at = min(first_at, ?4),
                    last_sequence = CASE WHEN (?2, ?3) < (epoch, last_sequence) THEN ?3 ELSE last_sequence END,
                    epoch = min(epoch, ?2)
                """)
        for (agent, loss) in losses { try put(agent, loss, statement) }
    }

    /// - Parameter losses: nil for agents of whom nothing is lost any more.
    static func set(_ losses: [String: SpoolLoss?], in database: Database) throws {
        guard !losses.isEmpty else { return }
        let setting = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO losses \(columns) VALUES (?1, ?2, ?3, ?4, ?5)")
        let deletion = try database.cachedStatement(sql: "DELETE FROM losses WHERE agent = ?1")
        for (agent, loss) in losses {
            if let loss {
                try put(agent, loss, setting)
            } else {
                deletion.bind(agent, at: 1)
                try deletion.perform()
            }
        }
    }

    private static func put(_ agent: String, _ loss: SpoolLoss, _ statement: Statement) throws {
        statement.bind(agent, at: 1)
        statement.bind(loss.epoch, at: 2)
        statement.bind(loss.lastSequence, at: 3)
        statement.bind(loss.from, at: 4)
        statement.bind(Int64(loss.count), at: 5)
        try statement.perform()
    }

    // MARK: - What is there

    /// - Parameter number: those up to it are as good as gone.
    static func contents(after number: Int64, in database: Database) throws -> SpoolContents {
        var contents = SpoolContents()
        // Of the row with the least number SQLite takes the other columns, too.
        let agents = try database.cachedStatement(
            sql: """
                SELECT min(number), agent, epoch, sequence, at, since, sum(bytes), count(*)
                FROM events INDEXED BY events_in_short WHERE number > ?1 GROUP BY agent
                """)
        agents.bind(number, at: 1)
        do {
            defer { agents.rewind() }
            while try agents.step() { contents.add(place(agents), count: Int(agents.number(7) ?? 0)) }
        }
        let last = try database.cachedStatement(sql: "SELECT max(number) FROM events")
        do {
            defer { last.rewind() }
            contents.last = try last.step() ? last.number(0) : nil
        }
        let losses = try database.cachedStatement(sql: "SELECT \(columns.dropFirst().dropLast()) FROM losses")
        defer { losses.rewind() }
        while try losses.step() {
            contents.losses[losses.text(0) ?? ""] = SpoolLoss(
                epoch: losses.text(1) ?? "", lastSequence: losses.number(2) ?? 0,
                from: losses.number(3) ?? 0, count: Int(losses.number(4) ?? 0))
        }
        return contents
    }
}
