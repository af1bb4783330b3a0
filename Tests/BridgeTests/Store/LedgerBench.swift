import Foundation
import Testing

@testable import Bridge

/// What the ledger costs a command, measured: LEDGER_BENCH=1 swift test --filter LedgerBench
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LEDGER_BENCH"] != nil), .serialized)
struct LedgerBench {
    private static let atOnce = 64
    private static let batch = 100

    @Test(arguments: BridgeConfiguration.Store.Durability.allCases)
    func `the life of a command, with 64 at once`(durability: BridgeConfiguration.Store.Durability)
        async throws
    {
        let bench = StoreBench()
        var store = bench.store
        store.durability = durability
        try await Self.measure("durability \(durability)", batches: 6) { body in
            try await bench.withLedger(store) { try await body($0) }
        }
    }

    @Test func `the life of a command, one after another`() async throws {
        let bench = StoreBench()
        try await Self.measure("one at a time", batches: 50, atOnce: 1) { body in
            try await bench.withLedger { try await body($0) }
        }
    }

    @Test func `the life of a command, in memory`() async throws {
        let bench = StoreBench()
        var store = bench.store
        store.directory = nil
        try await Self.measure("memory", batches: 6) { body in
            try await bench.withLedger(store) { try await body($0) }
        }
    }

    @Test func `the life of a command, beside a million others`() async throws {
        let bench = StoreBench()
        try await bench.withLedger { ledger in
            for _ in 0..<1000 {
                try await ledger.record((0..<1000).map { _ in .sample(UUID().uuidString, .told) })
            }
            try await Self.measure("full", batches: 6) { body in try await body(ledger) }
        }
    }

    private static func measure(
        _ what: String, batches: Int, atOnce: Int = Self.atOnce,
        _ with: (@Sendable (Ledger) async throws -> Void) async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        let cpu = Self.cpu()
        let time = try await clock.measure {
            try await with { ledger in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<atOnce {
                        group.addTask {
                            for _ in 0..<batches { try await live(ledger) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
        let commands = Double(atOnce * batches * batch)
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        print(
            "\(what): \(Int(commands / seconds)) commands/s, \(Int((Self.cpu() - cpu) / commands)) µs CPU a command"
        )
    }

    private static func live(_ ledger: Ledger) async throws {
        let ids = (0..<batch).map { _ in UUID().uuidString }
        _ = try await ledger.entries(of: ids)
        ledger.note(ids.map { LedgerEntry(id: $0, stage: .held, arrivedAt: UnixTime.now()) })
        for id in ids {
            var entry = LedgerEntry(
                id: id, stage: .sent, arrivedAt: UnixTime.now(), attempts: 1, sentAt: UnixTime.now(),
                before: "Established/NotRecording")
            try await ledger.record([entry])
            entry.stage = .accepted
            entry.acceptedAt = UnixTime.now()
            ledger.note([entry])
            entry.stage = .ended
            entry.verdict = Verdict(
                CommandOutcome(
                    .confirmed, httpStatus: 200, statusCode: 0,
                    confirmation: .init(
                        .event(
                            messageID: "5001/mb2k9-x7/42", notificationType: "CallRecordingStateChange"))),
                attempts: 1, acceptedAfter: 12, finishedAfter: 31)
            try await ledger.record([entry])
            entry.stage = .told
            ledger.note([entry])
        }
    }

    /// Of all threads of the process, in microseconds.
    private static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }
}
