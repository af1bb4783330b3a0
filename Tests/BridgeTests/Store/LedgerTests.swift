import Foundation
import Testing

@testable import Bridge

struct LedgerTests {
    private let bench = StoreBench()

    /// Kept in a file, and in memory.
    static let keepings = [true, false]

    private func store(isFile: Bool) -> BridgeConfiguration.Store {
        var store = bench.store
        if !isFile { store.directory = nil }
        return store
    }

    @Test(arguments: keepings) func `what was recorded is known, with all that it says`(isFile: Bool)
        async throws
    {
        let entry = LedgerEntry(
            id: "a", stage: .ended, deliveryCount: 3, arrivedAt: 1_700_000_000_000, attempts: 2,
            sentAt: .max, acceptedAt: .min, doubt: "cut", before: "Ringing",
            verdict: Verdict(CommandOutcome(.unknown, reason: "cut", detail: "\"é\"\n"), attempts: 2))
        try await bench.withLedger(store(isFile: isFile)) { ledger in
            try await ledger.record([entry])
            let found = try await ledger.entries(of: ["a", "b"])
            #expect(found == ["a": entry])
        }
    }

    @Test(arguments: keepings) func `what was only noted is seen by who asks then`(isFile: Bool) async throws
    {
        try await bench.withLedger(store(isFile: isFile)) { ledger in
            ledger.note([.sample("a", .held)])
            ledger.note([.sample("a", .accepted)])
            let found = try await ledger.entries(of: ["a"])
            #expect(found["a"]?.stage == .accepted)
        }
    }

    @Test func `what was noted outlives the ledger`() async throws {
        try await bench.withLedger { $0.note([.sample("a", .told)]) }
        let found = try await bench.withLedger { try await $0.entries(of: ["a"]) }
        #expect(found == ["a": .sample("a", .told)])
    }

    /// The kernel has what a process wrote before it was killed: that is what is in the files while it still runs.
    @Test func `what was recorded outlives a process that is killed`() async throws {
        let after = StoreBench()
        try await bench.withLedger { ledger in
            try await ledger.record([.sample("a", .sent)])
            try FileManager.default.copyItem(atPath: bench.directory, toPath: after.prepared())
        }
        let found = try await after.withLedger { try await $0.entries(of: ["a"]) }
        #expect(found == ["a": .sample("a", .sent)])
    }

    private static let verdicts = [
        Verdict(CommandOutcome(.confirmed)), Verdict(CommandOutcome(.unknown, reason: "cut")),
    ]

    private func over(_ stage: LedgerEntry.Stage, _ verdict: Int) -> LedgerEntry {
        var entry = LedgerEntry.sample("a", stage)
        entry.verdict = Self.verdicts[verdict]
        return entry
    }

    @Test(arguments: keepings) func `what has ended is not under way again`(isFile: Bool) async throws {
        try await bench.withLedger(store(isFile: isFile)) { ledger in
            for last in [over(.ended, 0), over(.told, 0)] {
                try await ledger.record([last])
                for stage in [LedgerEntry.Stage.held, .sent, .accepted] {
                    try await ledger.record([.sample("a", stage)])
                    let found = try await ledger.entries(of: ["a"])
                    #expect(found["a"] == last, "\(stage)")
                }
            }
        }
    }

    @Test(arguments: keepings) func `what was told first stays, and of what is not told the first verdict`(
        isFile: Bool
    ) async throws {
        try await bench.withLedger(store(isFile: isFile)) { ledger in
            let steps = [
                (over(.ended, 0), is: over(.ended, 0)), (over(.ended, 1), is: over(.ended, 0)),
                // By another process, before this one told its own.
                (over(.told, 1), is: over(.told, 1)), (over(.told, 0), is: over(.told, 1)),
                (over(.ended, 0), is: over(.told, 1)),
            ]
            for (entry, expected) in steps {
                try await ledger.record([entry])
                let found = try await ledger.entries(of: ["a"])
                #expect(found["a"] == expected)
            }
        }
    }

    @Test func `a bridge that knows less writes nothing over another's end`() async throws {
        try await bench.withLedger { stale in
            try await stale.record([.sample("a", .held)])
            try await bench.withLedger { other in
                try await other.record([over(.told, 0)])
                for entry in [.sample("a", .sent), over(.ended, 1), over(.told, 1)] {
                    try await stale.record([entry])
                }
                let found = try await other.entries(of: ["a"])
                #expect(found["a"] == over(.told, 0))
            }
        }
    }

    @Test(arguments: keepings) func `two spellings of a letter are two commands to who asks for both`(
        isFile: Bool
    ) async throws {
        try await bench.withLedger(store(isFile: isFile)) { ledger in
            let entries = ["\u{E9}", "e\u{301}"].enumerated().map { LedgerEntry.sample($1, attempts: $0) }
            try await ledger.record(entries)
            let found = try await ledger.entries(of: entries.map(\.id))
            #expect(entries.map { found[ExactID(string: $0.id)]?.attempts } == [0, 1])
        }
    }

    @Test func `two ledgers on one directory see each other's commits`() async throws {
        try await bench.withLedger { one in
            try await bench.withLedger { other in
                for (place, (writer, reader)) in [(one, other), (other, one), (one, other)].enumerated() {
                    try await writer.record([.sample("a", attempts: place)])
                    let found = try await reader.entries(of: ["a"])
                    #expect(found["a"]?.attempts == place)
                }
            }
        }
    }
}
