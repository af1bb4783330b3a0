import Dispatch
import GRDB
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Bridge

/// A disk that neither does what it is asked nor says that it cannot: the thread that asked does not come back.
@Suite(.timeLimit(.minutes(1)))
struct StoreStallTests {
    private let bench = StoreBench()

    /// Holds up the file's thread, as a system call does that does not return.
    private final class Disk: Sendable {
        enum Moment: CaseIterable { case beforeTransaction, inTransaction }

        private let queue = NIOLockedValueBox<DatabaseQueue?>(nil)
        private let answer = DispatchSemaphore(value: 0)

        func opened(_ queue: DatabaseQueue) { self.queue.withLockedValue { $0 = queue } }

        func hang(_ moment: Moment = .beforeTransaction) async throws {
            let queue = try #require(queue.withLockedValue { $0 })
            switch moment {
            case .beforeTransaction:
                // What the keeper is at yet would take the next event with it.
                await withCheckedContinuation { begun in
                    queue.asyncWriteWithoutTransaction { _ in
                        begun.resume()
                        self.wait()
                    }
                }
            case .inTransaction:
                try await queue.writeWithoutTransaction { database in
                    database.add(
                        function: DatabaseFunction("hang", argumentCount: 0) { _ in
                            self.wait()
                            return nil
                        })
                    for table in ["events", "withheld"] {
                        try database.execute(
                            sql: """
                                CREATE TEMP TRIGGER hanging_\(table) AFTER INSERT ON \(table)
                                BEGIN SELECT hang(); END
                                """)
                    }
                }
            }
        }

        private func wait() {
            answer.wait()
            // Who asks later is answered, too.
            answer.signal()
        }

        func answerAgain() { answer.signal() }
    }

    private func withSpool(
        hanging moment: Disk.Moment = .beforeTransaction,
        _ body: @Sendable (Spool, Disk) async throws -> Void
    ) async throws {
        let disk = Disk()
        let spool = bench.spool(opened: { disk.opened($0.queue) })
        try await bench.withRunning(spool) { spool in
            try await spool.append([.sample(1)])
            try await disk.hang(moment)
            defer { disk.answerAgain() }
            try await body(spool, disk)
        }
    }

    @Test(arguments: Disk.Moment.allCases)
    private func `events do not wait for a disk that hangs, and each is there once when it answers again`(
        moment: Disk.Moment
    ) async throws {
        try await withSpool(hanging: moment) { spool, disk in
            let clock = ContinuousClock()
            let time = try await clock.measure { try await spool.append([.sample(2)]) }
            #expect(time < .seconds(6))
            #expect(spool.trouble?.contains("does not answer") == true, "\(spool.trouble ?? "")")
            #expect(try await clock.measure { try await spool.append([.sample(3)]) } < .seconds(1))
            disk.answerAgain()
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
            try await spool.append([.sample(4)])
            let events = try await spool.take(4)
            #expect(events.sequences == [1, 2, 3, 4])
        }
        let left = try await bench.withSpool { $0.status.count }
        #expect(left == 0)
    }

    @Test(arguments: Disk.Moment.allCases)
    private func `events that the file has not are given out meanwhile, and never again`(
        moment: Disk.Moment
    ) async throws {
        let disk = Disk()
        let spool = bench.spool(opened: { disk.opened($0.queue) })
        try await bench.withRunning(spool) { spool in
            try await spool.append([.sample(1)])
            let first = try await spool.take(1)
            #expect(first.sequences == [1])
            try await disk.hang(moment)
            try await spool.append([.sample(2)])
            try await spool.append([.sample(3)])
            let events = try await spool.take(2)
            #expect(events.sequences == [2, 3])
            disk.answerAgain()
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
        }
        let left = try await bench.withSpool { $0.status.count }
        #expect(left == 0)
    }

    @Test func `an agent is served though its record cannot be read from a disk that hangs`() async throws {
        try await withSpool { spool, _ in
            for _ in 1...2 {
                let record = try await within(.seconds(6), "the record") {
                    try await spool.record(of: "5001")
                }
                #expect(record == nil)
            }
        }
    }

    @Test(arguments: Disk.Moment.allCases)
    private func `what is withheld does not wait for a disk that hangs`(moment: Disk.Moment) async throws {
        try await withSpool(hanging: moment) { spool, _ in
            try await within(.seconds(6), "it is kept") {
                try await spool.withhold([.sample(1)], of: "5001")
            }
        }
    }

    @Test func `events do not wait for a file that cannot be opened`() async throws {
        let answer = DispatchSemaphore(value: 0)
        let spool = bench.spool(opened: { _ in answer.wait() })
        try await bench.withRunning(spool) { spool in
            try await within(.seconds(6), "it is kept") { try await spool.append([.sample(1)]) }
            #expect(spool.trouble?.contains("does not answer") == true, "\(spool.trouble ?? "")")
            answer.signal()
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
            let events = try await spool.take(1)
            #expect(events.sequences == [1])
        }
    }

    @Test func `a stop that was cut short does not wait for a disk that hangs`() async throws {
        let disk = Disk()
        defer { disk.answerAgain() }
        let spool = bench.spool(opened: { disk.opened($0.queue) })
        let time = try await withThrowingTaskGroup { group in
            group.addTask { try await spool.run() }
            try await spool.append([.sample(1)])
            try await disk.hang()
            // It has begun what it cannot end.
            try await spool.append([.sample(2)])
            group.cancelAll()
            return try await ContinuousClock().measure { try await group.waitForAll() }
        }
        #expect(time < .milliseconds(3500))
    }

    @Test func `commands wait for a disk that hangs, and that is said`() async throws {
        let disk = Disk()
        let ledger = bench.ledger(opened: { disk.opened($0.queue) })
        try await bench.withRunning(ledger) { ledger in
            try await ledger.record([.sample("a")])
            try await disk.hang()
            async let recorded: Void = ledger.record([.sample("b")])
            try await eventually(within: .seconds(20), "it is in trouble") { ledger.trouble != nil }
            #expect(ledger.trouble?.contains("does not answer") == true, "\(ledger.trouble ?? "")")
            disk.answerAgain()
            try await recorded
            try await eventually(within: .seconds(20), "it is well") { ledger.trouble == nil }
            let entries = try await ledger.entries(of: ["a", "b"])
            #expect(entries.count == 2)
        }
    }
}
