import TestSupport
import Testing

@testable import Bridge

/// What is handed over to the ledger while nobody keeps it.
struct LedgerWorkTests {
    private let bench = StoreBench()

    @Test func `of each command the last entry is written, where the first one stood`() {
        var gathered = GatheredEntries()
        gathered.put([.sample("a", attempts: 1), .sample("b", attempts: 1)])
        gathered.put([.sample("a", attempts: 2)])
        #expect(gathered.take() == [.sample("a", attempts: 2), .sample("b", attempts: 1)])
        #expect(gathered.take().isEmpty)
    }

    @Test func `what could not be written is older than what came since`() {
        var gathered = GatheredEntries()
        gathered.put([.sample("a", attempts: 2), .sample("c")])
        gathered.putBack([.sample("b"), .sample("a", attempts: 1)])
        #expect(gathered.take() == [.sample("b"), .sample("a", attempts: 2), .sample("c")])
    }

    @Test func `two spellings of a letter are two ids`() {
        var gathered = GatheredEntries()
        gathered.put([.sample("\u{E9}"), .sample("e\u{301}")])
        #expect(gathered.take().count == 2)
    }

    @Test func `what many hand over goes in one transaction`() async throws {
        let work = LedgerWork()
        try await withThrowingTaskGroup { group in
            for number in 0..<10 {
                group.addTask { try await work.record([.sample("\(number)")]) }
            }
            var batch = LedgerWork.Batch()
            try await eventually(within: .seconds(10), "all have handed over") {
                let more = work.take()
                batch.entries += more.entries
                batch.recorders += more.recorders
                return batch.recorders.count == 10
            }
            #expect(batch.entries.count == 10)
            work.finish(batch, [])
            try await group.waitForAll()
        }
    }

    @Test func `who is cancelled is let go, and the entry stays`() async throws {
        let work = LedgerWork()
        let recording = Task { try await work.record([.sample("a")]) }
        let asking = Task { try await work.entries(of: ["a"]) }
        recording.cancel()
        asking.cancel()
        await #expect(throws: CancellationError.self) { try await recording.value }
        await #expect(throws: CancellationError.self) { try await asking.value }
        #expect(work.take().entries == [.sample("a")])
    }

    @Test func `who waits is let go when it closes`() async throws {
        let work = LedgerWork()
        let recording = Task { try await work.record([.sample("a")]) }
        try await eventually(within: .seconds(10), "it was handed over") { await work.isThere() }
        #expect(work.close() == 1)
        await #expect(throws: CancellationError.self) { try await recording.value }
        await #expect(throws: CancellationError.self) { try await work.entries(of: ["a"]) }
    }

    @Test func `whatever an id holds, it is that id`() async throws {
        let ids = [
            "", "a\0b", "a\0c", "a", "A", " a", "a ", "'; DROP TABLE ledger; --", "\"", "%", "_", "?1", "123",
            "0123",
            "1e2", "x'61'", "NULL", "\u{E9}", "e\u{301}", "\u{1F4DE}", "\u{202E}\n\t\u{7F}",
            String(repeating: "\u{FFFD}", count: 85),
        ]
        let entries = ids.enumerated().map { LedgerEntry.sample($1, attempts: $0) }
        try await bench.withLedger { try await $0.record(entries) }
        try await bench.withLedger { ledger in
            for entry in entries {
                let found = try await ledger.entries(of: [entry.id])
                #expect(found.values.map(\.attempts) == [entry.attempts], "\(entry.id.debugDescription)")
            }
        }
    }
}
