import GRDB
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Bridge

struct LedgerPruningTests {
    private let bench = StoreBench()

    // MARK: - Decided

    private func row(_ number: Int64, isOver: Bool = true, notedAt: Int64, changedAt: Int64? = nil)
        -> LedgerPruning.Row
    {
        .init(number: number, isOver: isOver, firstNotedAt: notedAt, changedAt: changedAt ?? notedAt)
    }

    @Test func `what was not changed for too long goes, over or not`() {
        var pruning = LedgerPruning(cutoff: 100, excess: 0)
        #expect(pruning.decide(row(1, notedAt: 99)) == .delete)
        #expect(pruning.decide(row(2, isOver: false, notedAt: 99)) == .delete)
        #expect(pruning.decide(row(3, notedAt: 99, changedAt: 100)) == .keep)
        #expect(pruning.decide(row(4, notedAt: 100)) == .stop)
    }

    @Test func `of too many the oldest go that are over`() {
        var pruning = LedgerPruning(cutoff: 100, excess: 2)
        #expect(pruning.decide(row(1, notedAt: 200)) == .delete)
        #expect(pruning.decide(row(2, isOver: false, notedAt: 200)) == .keep)
        #expect(pruning.decide(row(3, notedAt: 200)) == .delete)
        #expect(pruning.decide(row(4, notedAt: 200)) == .stop)
    }

    // MARK: - Done

    @Test func `a file forgets what is too old`() async throws {
        try await bench.withLedger { ledger in
            try await ledger.record([.sample("old", .told), .sample("stuck", .sent)])
            bench.pass(milliseconds: 24 * 3_600_000 + 1)
            try await ledger.record([.sample("new", .told)])
            ledger.prune()
            try await eventually(within: .seconds(10), "the old are forgotten") {
                try await ledger.entries(of: ["old", "stuck", "new"]).keys.map(\.string) == ["new"]
            }
        }
    }

    @Test func `a file forgets the oldest of too many, and none that is not over`() async throws {
        var store = bench.store
        store.ledgerCount = 1000
        try await bench.withLedger(store) { ledger in
            try await ledger.record([.sample("stuck", .accepted)])
            for first in [0, 1000, 2000] {
                try await ledger.record((first..<first + 1000).map { .sample("\($0)", .told) })
            }
            ledger.prune()
            try await eventually(within: .seconds(10), "only the last thousand are left") {
                let known = try await ledger.entries(of: ["stuck"] + (0..<3000).map(String.init))
                return known.count == 1000 && known["stuck"] != nil && known["2001"] != nil
            }
        }
    }

    /// Of a thousand entries ten may stay. While they are pruned, this is called whenever the ledger looks at its clock:
    /// when the pruning begins, and in each transaction that writes.
    ///
    /// - Returns: how many entries are in the file in the end.
    private func prune(_ atClock: @escaping @Sendable (LedgerWork, _ left: Int) -> Void) async throws -> Int {
        var store = bench.store
        store.ledgerCount = 10
        let file = StoreFile(.ledger, in: bench.directory, store)
        let (work, reader) = (LedgerWork(), NIOLockedValueBox<DatabaseQueue?>(nil))
        let database = try LedgerDatabase.open(file) {
            if let reader = reader.withLockedValue({ $0 }) { atClock(work, Self.count(reader)) }
            return 0
        }
        work.note((0..<1000).map { .sample("\($0)", .told) })
        try await database.drain(work)
        let queue = try DatabaseQueue(path: file.path)
        reader.withLockedValue { $0 = queue }
        work.tick()
        try await database.drain(work)
        let left = Self.count(queue)
        database.close()
        return left
    }

    private static func count(_ reader: DatabaseQueue) -> Int {
        // What cannot be counted is no number that a test expects.
        (try? reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM ledger") }) ?? -1
    }

    @Test func `commits go on while much is forgotten`() async throws {
        let seen = NIOLockedValueBox<[Int]>([])
        let left = try await prune { work, left in
            let number = seen.withLockedValue { seen in
                seen.append(left)
                return seen.count
            }
            // It comes while the pruning, or the commit of the last one, is under way.
            if number < 3 { work.note([.sample("new \(number)")]) }
        }
        // The second was written when some were gone, and most were still to go.
        #expect(seen.withLockedValue { $0 } == [1000, 1000, 751])
        #expect(left == 12)
    }

    @Test func `a stop does not wait for what is to be forgotten`() async throws {
        #expect(try await prune { work, _ in work.stop() } == 1000)
    }

    @Test func `the memory forgets the oldest of too many, and none that is not over`() {
        var remembered = RememberedEntries(LedgerBounds(age: 1000, count: 3))
        remembered.put([.sample("stuck", .sent)], at: 0)
        for id in ["a", "b", "c"] { remembered.put([.sample(id, .ended)], at: 0) }
        #expect(
            Set(remembered.entries(of: ["stuck", "a", "b", "c"], at: 0).keys) == ["b", "c", "stuck"])
    }

    @Test func `the memory knows nothing that is too old`() {
        var remembered = RememberedEntries(LedgerBounds(age: 1000, count: 3))
        remembered.put([.sample("a")], at: 0)
        #expect(remembered.entries(of: ["a"], at: 1000).count == 1)
        #expect(remembered.entries(of: ["a"], at: 1001).isEmpty)
    }
}
