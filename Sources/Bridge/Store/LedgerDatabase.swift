internal import GRDB

/// A ledger's file, open. What it does it does on a thread of its own.
final class LedgerDatabase: Sendable {
    let queue: DatabaseQueue
    private let file: LedgerFile
    private let identity: UInt64?
    private let now: @Sendable () -> Int64

    /// Pruning holds up the commits for as long as this many rows take.
    private static let rowsAtATime = 250
    /// How long to wait for another bridge's transaction.
    private static let patience = 5.0

    /// Opens it, and makes it where it is not there.
    ///
    /// - Parameter now: Unix milliseconds.
    @Sendable static func open(
        _ file: LedgerFile, now: @escaping @Sendable () -> Int64
    ) throws -> LedgerDatabase {
        try file.prepare()
        return try LedgerDatabase(file, now: now)
    }

    private init(_ file: LedgerFile, now: @escaping @Sendable () -> Int64) throws {
        self.file = file
        self.now = now
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(Self.patience)
        configuration.foreignKeysEnabled = false
        queue = try DatabaseQueue(path: file.path, configuration: configuration)
        identity = file.identity
        try queue.writeWithoutTransaction { try Self.setUp($0, file) }
    }

    func close() {
        // What is committed is in the file either way.
        try? queue.close()
    }

    private static func setUp(_ database: Database, _ file: LedgerFile) throws {
        try database.inTransaction(.immediate) {
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let applicationID = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            if applicationID == 0, version == 0, tables == 0 {
                try database.execute(sql: LedgerTable.creation)
                try database.execute(sql: "PRAGMA application_id = \(LedgerTable.applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(LedgerTable.version)")
                return .commit
            }
            guard applicationID == LedgerTable.applicationID else { throw LedgerTrouble.foreign }
            guard version <= LedgerTable.version else {
                throw LedgerTrouble.newer(version: version, known: LedgerTable.version)
            }
            return .rollback
        }
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw LedgerTrouble.database(.SQLITE_ERROR, message: "its file system has no shared memory")
        }
        // The end of the process takes nothing from either: what was committed is with the kernel. NORMAL may lose the
        // last commits with the power, but never the file, which OFF would.
        let synchronous =
            switch file.durability {
            case .process: "NORMAL"
            case .power: "FULL"
            }
        try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
        // 16 MB of pages; the log of a burst is cut to as much again.
        try database.execute(sql: "PRAGMA cache_size = -16000")
        try database.execute(sql: "PRAGMA journal_size_limit = 16000000")
    }

    /// Does what there is to do, transaction after transaction, until there is nothing more.
    ///
    /// - Throws: what kept it from that. What could not be done is back among the work then.
    func drain(_ work: LedgerWork) async throws {
        // It must not be interrupted by a cancellation.
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            queue.asyncWriteWithoutTransaction { [self] database in
                done.resume(with: Result { try drain(work, database) })
            }
        }
    }

    private func drain(_ work: LedgerWork, _ database: Database) throws {
        var pruning: LedgerPruning?
        while true {
            if work.takePruning() {
                guard file.identity == identity else { throw LedgerTrouble.moved }
                pruning = try LedgerTable.pruning(file.bounds, at: now(), in: database)
            }
            let batch = work.take()
            if !batch.isEmpty { try perform(batch, of: work, database) }
            guard var begun = pruning, !work.isStopping else {
                if batch.isEmpty { return }
                continue
            }
            let isMore = try Self.transaction(database, writes: true) {
                try LedgerTable.prune(&begun, rows: Self.rowsAtATime, in: database)
            }
            pruning = isMore ? begun : nil
        }
    }

    private func perform(_ batch: LedgerWork.Batch, of work: LedgerWork, _ database: Database) throws {
        do {
            let found = try Self.transaction(database, writes: !batch.entries.isEmpty) {
                try LedgerTable.put(batch.entries, at: now(), in: database)
                return try batch.lookups.map { try LedgerTable.entries(of: $0.commands, in: database) }
            }
            work.finish(batch, found)
        } catch {
            work.putBack(batch)
            throw error
        }
    }

    private static func transaction<Result>(
        _ database: Database, writes: Bool, _ body: () throws -> Result
    ) throws -> Result {
        try database.cachedStatement(sql: writes ? "BEGIN IMMEDIATE" : "BEGIN").perform()
        do {
            let result = try body()
            try database.cachedStatement(sql: "COMMIT").perform()
            return result
        } catch {
            // SQLite may have ended it already.
            if database.isInsideTransaction { try? database.cachedStatement(sql: "ROLLBACK").perform() }
            throw error
        }
    }
}
