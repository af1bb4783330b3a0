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

    @Test func `commits go on while much is forgotten`() async throws {
        var store = bench.store
        store.ledgerCount = 10
        try await bench.withLedger(store) { ledger in
            try await ledger.record((0..<20_000).map { .sample("\($0)", .told) })
            ledger.prune()
            // Recorded before the last of them is gone.
            try await ledger.record([.sample("new", .held)])
            let left = try await ledger.entries(of: (0..<20_000).map(String.init)).count
            #expect(left > 10)
        }
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
