import Foundation
import GRDB
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Bridge

/// What the ledger does with the file system that it finds.
struct LedgerFileTests {
    private let bench = StoreBench()

    private func permissions(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func `nobody else may look into the store`() async throws {
        try await bench.withLedger { ledger in
            try await ledger.record([.sample("a")])
            #expect(try permissions(bench.directory) == 0o700)
            for suffix in ["", "-wal", "-shm"] { #expect(try permissions(bench.file + suffix) == 0o600) }
        }
    }

    @Test func `a directory that cannot be made ends it, with a remedy`() async throws {
        let file = bench.directory
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: file))
        var store = bench.store
        store.directory = file + "/store"
        let ledger = bench.ledger(store)
        let failure = await #expect(throws: BridgeFailure.self) { try await ledger.run() }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("cannot be made: Not a directory") == true, "\(failure as Any)")
    }

    /// Where even root may not write.
    @Test func `a directory that cannot be written ends it, with a remedy`() async throws {
        var store = bench.store
        store.directory = "/proc/self"
        let ledger = bench.ledger(store)
        let failure = await #expect(throws: BridgeFailure.self) { try await ledger.run() }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("/proc/self cannot be written: ") == true, "\(failure as Any)")
    }

    @Test func `a file that is no database is trouble, is left alone, and ends when it is moved away`()
        async throws
    {
        try FileManager.default.createDirectory(atPath: bench.directory, withIntermediateDirectories: true)
        let text = Data("this is not a database, and it is somebody's\n".utf8)
        try text.write(to: URL(filePath: bench.file))
        try await expectTrouble("is not a ledger of this bridge") {
            #expect(try Data(contentsOf: URL(filePath: bench.file)) == text)
            try FileManager.default.moveItem(atPath: bench.file, toPath: bench.file + ".old")
        }
    }

    @Test func `another program's database is trouble`() async throws {
        try edit("CREATE TABLE mine (a)")
        try await expectTrouble("is not a ledger of this bridge") {
            try FileManager.default.removeItem(atPath: bench.file)
        }
    }

    @Test func `a newer bridge's ledger is trouble until it is the older again`() async throws {
        try await bench.withLedger { try await $0.record([.sample("a")]) }
        try edit("PRAGMA user_version = 2")
        try await expectTrouble("was written by a newer bridge (version 2, this one knows 1)") {
            try edit("PRAGMA user_version = 1")
        }
    }

    @Test func `a ledger that is replaced while it is open is opened anew`() async throws {
        let ledger = bench.ledger()
        try await bench.withRunning(ledger) { ledger in
            try await ledger.record([.sample("a")])
            try FileManager.default.removeItem(atPath: bench.directory)
            try FileManager.default.createDirectory(
                atPath: bench.directory, withIntermediateDirectories: true)
            ledger.prune()
            try await eventually(within: .seconds(10), "it is there again") {
                try await ledger.record([.sample("b")])
                return FileManager.default.fileExists(atPath: bench.file)
            }
        }
    }

    @Test func `a full disk makes who records wait, and is over when there is room`() async throws {
        let opened = NIOLockedValueBox<LedgerDatabase?>(nil)
        let ledger = Ledger(bench.store, logger: .silent) { file, now in
            let database = try LedgerDatabase.open(file, now: now)
            opened.withLockedValue { $0 = database }
            return database
        } now: {
            0
        }
        @Sendable func limit(pages: Int) throws {
            let database = try #require(opened.withLockedValue { $0 })
            try database.queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        let records = (0..<2000).map { LedgerEntry.sample("command \($0)") }
        try await bench.withRunning(ledger) { ledger in
            try await ledger.record([.sample("first")])
            try limit(pages: 10)
            async let recorded: Void = ledger.record(records)
            try await eventually(within: .seconds(10), "it is in trouble") { ledger.trouble != nil }
            #expect(ledger.trouble?.contains("the disk is full. Make room.") == true)
            try limit(pages: 1_000_000)
            try await recorded
            #expect(ledger.trouble == nil)
            let found = try await ledger.entries(of: ["first", "command 1999"])
            #expect(found.count == 2)
        }
    }

    @Test(arguments: [(BridgeConfiguration.Store.Durability.process, 1), (.power, 2)])
    func `only for the power's end does each commit wait for the disk`(
        durability: BridgeConfiguration.Store.Durability, synchronous: Int
    ) async throws {
        var store = bench.store
        store.durability = durability
        let file = StoreFile(.ledger, in: bench.directory, store)
        let database = try LedgerDatabase.open(file) { 0 }
        let found = try await database.queue.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(found == synchronous)
        database.close()
    }

    private func edit(_ sql: String) throws {
        try FileManager.default.createDirectory(atPath: bench.directory, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: bench.file)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// A ledger is in this trouble; commands wait until it is ended.
    private func expectTrouble(_ words: String, _ end: @Sendable () throws -> Void) async throws {
        try await bench.withLedger { ledger in
            async let recorded: Void = ledger.record([.sample("b")])
            try await eventually(within: .seconds(10), "it is in trouble") { ledger.trouble != nil }
            #expect(ledger.trouble?.contains(words) == true, "\(ledger.trouble ?? "")")
            try end()
            try await recorded
            #expect(ledger.trouble == nil)
        }
    }
}
