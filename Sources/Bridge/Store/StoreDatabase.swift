internal import GRDB

/// A file of the store, open. What it does it does on a thread of its own.
final class StoreDatabase: Sendable {
    let queue: DatabaseQueue
    let file: StoreFile
    /// Of the file that is open.
    let identity: UInt64?

    /// How long to wait for another bridge's transaction.
    private static let patience = 5.0
    /// And for another bridge that has it for itself: it may be about to end.
    private static let exclusivePatience = 0.5

    /// Opens it, and makes it where it is not there.
    init(_ file: StoreFile) throws {
        try file.prepare()
        self.file = file
        var configuration = Configuration()
        configuration.label = file.kind.noun
        configuration.busyMode = .timeout(
            file.kind.isExclusive ? Self.exclusivePatience : Self.patience)
        configuration.foreignKeysEnabled = false
        if file.kind.isExclusive {
            // Before the file is looked at: who has it to himself needs no memory shared with others.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        }
        queue = try DatabaseQueue(path: file.path, configuration: configuration)
        identity = file.identity
        try queue.writeWithoutTransaction { try Self.setUp($0, file) }
    }

    func close() {
        // What is committed is in the file either way.
        try? queue.close()
    }

    private static func setUp(_ database: Database, _ file: StoreFile) throws {
        let kind = file.kind
        try database.inTransaction(.immediate) {
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let applicationID = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            if applicationID == 0, version == 0, tables == 0 {
                try database.execute(sql: kind.creation)
                try database.execute(sql: "PRAGMA application_id = \(kind.applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(kind.version)")
                return .commit
            }
            guard applicationID == kind.applicationID else { throw StoreTrouble.foreign }
            guard version <= kind.version else {
                throw StoreTrouble.newer(version: version, known: kind.version)
            }
            return .rollback
        }
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreTrouble.database(.SQLITE_ERROR, message: "its file system has no shared memory")
        }
        // The end of the process takes nothing from either: what was committed is with the kernel. NORMAL may lose the
        // last commits with the power, but never the file, which OFF would.
        let synchronous =
            switch file.store.durability {
            case .process: "NORMAL"
            case .power: "FULL"
            }
        try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
        // 16 MB of pages; the log of a burst is cut to as much again.
        try database.execute(sql: "PRAGMA cache_size = -16000")
        try database.execute(sql: "PRAGMA journal_size_limit = 16000000")
    }

    /// - Throws: ``StoreTrouble/moved`` where another file, or none, is in its place.
    func checkPlace() throws(StoreTrouble) {
        guard file.identity == identity else { throw .moved }
    }

    /// On the database's own thread. Who is cancelled waits for its end, if it comes soon.
    func perform(_ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await untilDone { tell in
            queue.asyncWriteWithoutTransaction { database in tell(Result { try body(database) }) }
        }
    }

    static func transaction<Result>(
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
