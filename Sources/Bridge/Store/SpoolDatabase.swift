internal import GRDB
internal import NIOConcurrencyHelpers

/// The spool's file, open.
final class SpoolDatabase: KeptStore {
    private let store: StoreDatabase
    private let damage: Damage
    var queue: DatabaseQueue { store.queue }

    /// A file that turned out to be damaged when it was open already. It would be opened again and again, and what came
    /// meanwhile would be lost in it.
    final class Damage: Sendable {
        private let known = NIOLockedValueBox<(identity: UInt64?, trouble: StoreTrouble)?>(nil)

        func note(_ identity: UInt64?, _ trouble: StoreTrouble) {
            known.withLockedValue { $0 = (identity, trouble) }
        }

        func check(_ file: StoreFile) throws(StoreTrouble) {
            guard let known = known.withLockedValue({ $0 }), let identity = known.identity,
                identity == file.identity
            else { return }
            throw known.trouble
        }
    }

    /// Commits are held up for as long as it takes to drop this many events.
    private static let rowsAtATime = 2000

    /// Opens it, and makes it where it is not there.
    static func open(_ file: StoreFile, for work: SpoolWork, damage: Damage) throws -> SpoolDatabase {
        try damage.check(file)
        let store = try StoreDatabase(file)
        do {
            let after = work.with { $0.knowsFile ? $0.removed : .min }
            // Of use to nobody any more: where it cannot be, the next to open it tries again.
            try? store.queue.write { try SpoolTable.removeWithheld(before: work.cutoff, in: $0) }
            work.opened(try store.queue.read { try SpoolTable.contents(after: after, in: $0) })
            return SpoolDatabase(store, damage)
        } catch {
            store.close()
            throw error
        }
    }

    private init(_ store: StoreDatabase, _ damage: Damage) {
        self.store = store
        self.damage = damage
    }

    func close() { store.close() }

    func drain(_ work: SpoolWork) async throws {
        do {
            try await store.perform { [self] database in try drain(work, database) }
        } catch let error as CancellationError {
            throw error
        } catch {
            let trouble = StoreTrouble(error)
            if trouble.needsPerson { damage.note(store.identity, trouble) }
            throw trouble
        }
    }

    private func drain(_ work: SpoolWork, _ database: Database) throws {
        while let batch = work.take() {
            let written = Result { try write(batch, of: work, database) }
            // What cannot be written may be legible all the same.
            try read(batch, of: work, database)
            try written.get()
        }
    }

    private func write(_ batch: SpoolContent.Batch, of work: SpoolWork, _ database: Database) throws {
        guard batch.writes else { return }
        do {
            // It may have been moved since the last batch, and what is written then nobody finds.
            try store.checkPlace()
            let (drop, isMore) = try StoreDatabase.transaction(database, writes: true) {
                try SpoolTable.put(batch.rows, in: database)
                try SpoolTable.put(batch.withheld, in: database)
                if let number = batch.deletion { try SpoolTable.remove(through: number, in: database) }
                try SpoolTable.set(batch.losses, in: database)
                try SpoolTable.put(batch.changes.values, in: database)
                guard var drop = batch.drop else { return (SpoolDrop?.none, false) }
                let isMore = try SpoolTable.drop(
                    &drop, after: batch.kept, rows: Self.rowsAtATime, in: database)
                return (drop, isMore)
            }
            work.wrote(batch, drop, isMore: isMore)
        } catch {
            work.putBack(batch)
            throw error
        }
    }

    private func read(_ batch: SpoolContent.Batch, of work: SpoolWork, _ database: Database) throws {
        var lookups = batch.lookups[...]
        defer {
            for lookup in lookups { work.found(nil, of: lookup.agent, for: lookup.id) }
        }
        try store.checkPlace()
        while let lookup = lookups.first {
            let record = try StoreDatabase.transaction(database, writes: false) {
                try SpoolTable.record(of: lookup.agent, in: database)
            }
            work.found(record, of: lookup.agent, for: lookup.id)
            lookups.removeFirst()
        }
        guard let count = batch.reading else { return }
        let rows = try StoreDatabase.transaction(database, writes: false) {
            try SpoolTable.rows(
                count, bytes: SpoolContent.portionSize, after: batch.removed, in: database)
        }
        work.read(rows, of: batch)
    }
}
