import Foundation
import GRDB
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Bridge

/// What the spool does where its file cannot be used: events go on.
struct SpoolTroubleTests {
    private let bench = StoreBench()

    @Test func `while another bridge has the file events wait in memory`() async throws {
        try await bench.withSpool { first in
            try await first.append(.samples(1...3))
            try await bench.withRunning(bench.spool()) { second in
                try await eventually(within: .seconds(20), "it says so") { second.trouble != nil }
                #expect(second.trouble?.contains("is in use by another bridge") == true)
                #expect(try await second.record(of: "5001") == nil)
                try await second.append(.samples(1...2, epoch: "e2"))
                #expect(try await second.next(atMost: 9).events == .samples(1...2, epoch: "e2"))
                #expect(first.trouble == nil)
            }
        }
    }

    @Test func `what another bridge left is drained when it has ended, before what came meanwhile`()
        async throws
    {
        let (first, second) = (bench.spool(), bench.spool())
        try await bench.withRunning(first) { first in
            try await first.append(.samples(1...3))
        }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let blocker = try DatabaseQueue(path: bench.spoolFile, configuration: configuration)
        try await blocker.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        try await bench.withRunning(second) { second in
            try await eventually(within: .seconds(20), "it is in trouble") { second.trouble != nil }
            try await second.append(.samples(0...2, epoch: "e2"))
            let first = try await second.take(1)
            #expect(first.sequences == [0])
            try await blocker.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            try blocker.close()
            try await eventually(within: .seconds(20), "it has the file") { second.trouble == nil }
            let expected = [SpooledEvent].samples(1...3) + .samples(1...2, epoch: "e2")
            #expect(try await second.take(5) == expected)
        }
    }

    @Test func `a file that is not a spool is left alone, and said; events go on`() async throws {
        try FileManager.default.createDirectory(atPath: bench.directory, withIntermediateDirectories: true)
        let text = Data("this is not a database, and it is somebody's\n".utf8)
        try text.write(to: URL(filePath: bench.spoolFile))
        try await bench.withSpool { spool in
            #expect(try await spool.record(of: "5001") == nil)
            try await spool.append(.samples(1...3))
            #expect(spool.trouble?.contains("is not a spool of this bridge") == true)
            #expect(try Data(contentsOf: URL(filePath: bench.spoolFile)) == text)
            #expect(try await spool.take(1) == [.sample(1)])
            try FileManager.default.removeItem(atPath: bench.spoolFile)
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
        }
        try await bench.withSpool { spool in
            let events = try await spool.take(2)
            #expect(events.sequences == [2, 3])
        }
    }

    @Test func `a directory that cannot be made is trouble, and nothing more`() async throws {
        _ = try bench.prepared()
        try Data().write(to: URL(filePath: bench.directory))
        try await bench.withSpool { spool in
            try await spool.append(.samples(1...3))
            #expect(spool.trouble?.contains("Not a directory") == true, "\(spool.trouble ?? "")")
            #expect(try await spool.take(3).sequences == [1, 2, 3])
        }
    }

    @Test func `while the disk is full events wait in memory, and go into the file when there is room`()
        async throws
    {
        let opened = NIOLockedValueBox<SpoolDatabase?>(nil)
        @Sendable func limit(pages: Int) throws {
            let database = try #require(opened.withLockedValue { $0 })
            try database.queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        let spool = bench.spool(opened: { database in opened.withLockedValue { $0 = database } })
        try await bench.withRunning(spool) { spool in
            try await spool.append([.sample(1)])
            try limit(pages: 10)
            for sequence in Int64(2)...100 { try await spool.append([.sample(sequence, size: 1000)]) }
            #expect(spool.trouble?.contains("the disk is full. Make room.") == true)
            try limit(pages: 1_000_000)
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
            try await spool.append([.sample(101)])
        }
        try await bench.withSpool { spool in
            let events = try await spool.take(101)
            #expect(events.sequences == Array(1...101))
        }
    }

    @Test func `a damaged event is lost alone`() async throws {
        try await bench.withSpool { try await $0.append(.samples(1...5)) }
        try edit("UPDATE events SET message = x'01' WHERE sequence IN (2, 3)")
        try await bench.withSpool { spool in
            let events = try await spool.take(3)
            #expect(events.sequences == [1, 4, 5])
            #expect(spool.status == SpoolStatus(count: 0, bytes: 0, oldestAt: nil, dropped: 2))
            #expect(
                spool.loss(of: "5001")
                    == SpoolLoss(epoch: "e1", lastSequence: 1, from: 1_000_000, count: 2))
        }
    }

    @Test func `a file that is removed while it is open is a loss, and made anew`() async throws {
        try await bench.withSpool { spool in
            try await spool.append(.samples(1...5))
            _ = try await spool.take(2)
            try FileManager.default.removeItem(atPath: bench.directory)
            try await spool.append(.samples(6...7))
            #expect(try await spool.take(2).sequences == [6, 7])
            #expect(
                spool.loss(of: "5001")
                    == SpoolLoss(epoch: "e1", lastSequence: 2, from: 1_000_000, count: 3))
            try await eventually(within: .seconds(20), "it is there again") {
                FileManager.default.fileExists(atPath: bench.spoolFile)
            }
        }
    }

    @Test func `a file that turns out to be damaged is not written any more`() async throws {
        try await bench.withSpool { spool in
            for first in stride(from: Int64(1), through: 400, by: 100) {
                try await spool.append((first..<first + 100).map { .sample($0, size: 1000) })
            }
        }
        let file = try #require(FileHandle(forUpdatingAtPath: bench.spoolFile))
        let size = try file.seekToEnd()
        // All but the header, the schema and the beginning of each tree.
        try file.seek(toOffset: 16 * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 16 * 4096))
        try file.close()
        try await bench.withSpool { spool in
            try await spool.append([.sample(401)])
            try await eventually(within: .seconds(20), "it is in trouble") {
                let portion = try await spool.next(atMost: 500)
                try await spool.remove(portion)
                return portion.events.sequences.last == 401
            }
            #expect(spool.trouble?.contains("is damaged") == true, "\(spool.trouble ?? "")")
        }
    }

    private func edit(_ sql: String) throws {
        let queue = try DatabaseQueue(path: bench.spoolFile)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
