import AMQP
import Foundation
import RawJSON
import TestSupport
import Testing

@testable import Bridge

struct SpoolTests {
    private let bench = StoreBench()

    /// Kept in a file, and in memory.
    static let keepings = [true, false]

    @Test(arguments: [true, false])
    func `who waits for it to be empty is told when the last event is removed`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            try await within(.seconds(10), "it is empty") { try await spool.whenEmpty() }
            try await spool.append(.samples(1...3))
            async let emptied: Void = spool.whenEmpty()
            let first = try await spool.take(2)
            #expect(first.count == 2)
            #expect(spool.status.count == 1)
            _ = try await spool.take(1)
            try await emptied
            #expect(spool.status.count == 0)
        }
    }

    @Test(arguments: keepings) func `events come out as they went in, in order`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            let events = [SpooledEvent].samples(1...100)
            try await spool.append(Array(events[..<30]))
            try await spool.append(Array(events[30...]))
            #expect(try await spool.take(100, atMost: 7) == events)
        }
    }

    @Test(arguments: keepings) func `a portion comes again until it is removed`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            try await spool.append(.samples(1...10))
            #expect(try await spool.next(atMost: 4).events.sequences == [1, 2, 3, 4])
            #expect(try await spool.next(atMost: 2).events.sequences == [1, 2])
            try await spool.remove(spool.next(atMost: 2))
            #expect(try await spool.next(atMost: 9).events.sequences.first == 3)
        }
    }

    @Test(arguments: keepings) func `to remove what is gone does no harm`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            try await spool.append(.samples(1...4))
            let portion = try await spool.next(atMost: 2)
            try await spool.remove(portion)
            try await spool.remove(portion)
            #expect(spool.status.count == 2)
            #expect(try await spool.take(2).sequences == [3, 4])
        }
    }

    @Test(arguments: keepings) func `who asks an empty spool gets what comes then`(isFile: Bool) async throws
    {
        try await bench.withSpool(isFile: isFile) { spool in
            async let portion = spool.next(atMost: 10)
            try await spool.append([.sample(1)])
            #expect(try await portion.events == [.sample(1)])
        }
    }

    @Test(arguments: keepings) func `who is cancelled while he waits is let go`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            let waiting = Task { try await spool.next(atMost: 1) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            try await spool.append([.sample(1)])
            #expect(try await spool.take(1) == [.sample(1)])
        }
    }

    @Test(arguments: keepings) func `it knows of whom something waits, and how much`(isFile: Bool)
        async throws
    {
        try await bench.withSpool(isFile: isFile) { spool in
            #expect(spool.status == SpoolStatus(count: 0, bytes: 0, oldestAt: nil, dropped: 0))
            let events = [SpooledEvent.sample(1, of: "a", at: 7), .sample(1, of: "b", at: 8)]
            try await spool.append(events)
            #expect(spool.holds("a") && spool.holds("b") && !spool.holds("c"))
            let bytes = Int64(events[0].bytes + events[1].bytes)
            #expect(spool.status == SpoolStatus(count: 2, bytes: bytes, oldestAt: 7, dropped: 0))
            _ = try await spool.take(1)
            #expect(!spool.holds("a") && spool.holds("b"))
            _ = try await spool.take(1)
            #expect(spool.status == SpoolStatus(count: 0, bytes: 0, oldestAt: nil, dropped: 0))
        }
    }

    @Test func `a portion has no more bytes than it should`() async throws {
        try await bench.withSpool { spool in
            try await spool.append((1...8).map { .sample($0, size: 1 << 20) })
            #expect(try await spool.next(atMost: 100).events.sequences == [1, 2, 3, 4])
        }
    }

    // MARK: - The process ends

    @Test func `what was appended outlives the spool, before what comes then`() async throws {
        try await bench.withSpool { try await $0.append(.samples(1...3)) }
        try await bench.withSpool { spool in
            try await eventually(within: .seconds(10), "the file is open") { spool.holds("5001") }
            #expect(spool.status.count == 3)
            try await spool.append([.sample(4)])
            #expect(try await spool.take(4).sequences == [1, 2, 3, 4])
        }
        try await bench.withSpool { spool in
            let record = try await spool.record(of: "5001")
            #expect(record?.sequence == 4)
            #expect(spool.status.count == 0)
        }
    }

    /// The kernel has what a process wrote before it was killed: that is what is in the files while it still runs.
    @Test func `what was appended outlives a process that is killed`() async throws {
        let after = StoreBench()
        try await bench.withSpool { spool in
            try await spool.append(.samples(1...3))
            try FileManager.default.copyItem(atPath: bench.directory, toPath: after.prepared())
        }
        try await after.withSpool { spool in
            let found = try await spool.take(3)
            #expect(found == .samples(1...3))
        }
    }

    @Test func `nobody else may look into the spool`() async throws {
        try await bench.withSpool { spool in
            try await spool.append([.sample(1)])
            for suffix in ["", "-wal"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: bench.spoolFile + suffix)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    // MARK: - Many at once

    @Test(arguments: keepings) func `of many who append while it is drained, each one's order holds`(
        isFile: Bool
    ) async throws {
        let (agents, count) = ((1...20).map { "agent \($0)" }, Int64(200))
        try await bench.withSpool(isFile: isFile) { spool in
            let events = try await withThrowingTaskGroup(of: Void.self) { group in
                for agent in agents {
                    group.addTask {
                        for first in stride(from: 1, through: count, by: 4) {
                            try await spool.append(.samples(first...first + 3, of: agent))
                        }
                    }
                }
                let events = try await spool.take(agents.count * Int(count), atMost: 300)
                try await group.waitForAll()
                return events
            }
            let byAgent = Dictionary(grouping: events, by: \.agent).mapValues(\.sequences)
            #expect(byAgent == Dictionary(uniqueKeysWithValues: agents.map { ($0, Array(1...count)) }))
            #expect(spool.status.count == 0)
        }
    }
}
