internal import GRDB

/// A ledger's file, open.
final class LedgerDatabase: KeptStore {
    private let store: StoreDatabase
    private let bounds: LedgerBounds
    private let now: @Sendable () -> Int64
    var queue: DatabaseQueue { store.queue }

    /// Pruning holds up the commits for as long as this many rows take.
    private static let rowsAtATime = 250

    /// Opens it, and makes it where it is not there.
    ///
    /// - Parameter now: Unix milliseconds.
    @Sendable static func open(
        _ file: StoreFile, now: @escaping @Sendable () -> Int64
    ) throws -> LedgerDatabase {
        try LedgerDatabase(StoreDatabase(file), now: now)
    }

    private init(_ store: StoreDatabase, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.now = now
        bounds = LedgerBounds(store.file.store)
    }

    func close() { store.close() }

    func drain(_ work: LedgerWork) async throws {
        try await store.perform { [self] database in try drain(work, database) }
    }

    private func drain(_ work: LedgerWork, _ database: Database) throws {
        var pruning: LedgerPruning?
        while true {
            if work.takePruning() {
                try store.checkPlace()
                pruning = try LedgerTable.pruning(bounds, at: now(), in: database)
            }
            let batch = work.take()
            if pruning != nil { work.turn(isBusy: true) }
            if !batch.isEmpty { try perform(batch, of: work, database) }
            guard var begun = pruning, !work.isStopping else {
                if batch.isEmpty { return }
                continue
            }
            let isMore = try StoreDatabase.transaction(database, writes: true) {
                try LedgerTable.prune(&begun, rows: Self.rowsAtATime, in: database)
            }
            pruning = isMore ? begun : nil
        }
    }

    private func perform(_ batch: LedgerWork.Batch, of work: LedgerWork, _ database: Database) throws {
        do {
            let found = try StoreDatabase.transaction(database, writes: !batch.entries.isEmpty) {
                try LedgerTable.put(batch.entries, at: now(), in: database)
                return try batch.lookups.map { try LedgerTable.entries(of: $0.commands, in: database) }
            }
            work.finish(batch, found)
        } catch {
            work.putBack(batch)
            throw error
        }
    }
}
