import Bridge
import Foundation
import Logging
import TestSupport
import Testing

@testable import gws_bridge

struct StoreCheckTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func findings(in path: String? = nil) -> [Finding] {
        var store = BridgeConfiguration.Store()
        store.directory = path ?? directory.path
        return StoreCheck(store: store).findings()
    }

    private func finding(in path: String? = nil) throws -> Finding { try #require(findings(in: path).first) }

    @Test func `a directory that is not there yet is well, and is not made`() throws {
        let path = directory.path + "/a/b"
        #expect(try finding(in: path).status == .ok)
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/a"))
    }

    @Test func `a directory without a ledger is well, and stays empty`() throws {
        #expect(try finding().status == .ok)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func `a ledger that a bridge has open is well`() async throws {
        var store = BridgeConfiguration.Store()
        store.directory = directory.path
        let ledger = Ledger(store, logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { group in
            group.addTask { try await ledger.run() }
            try await ledger.record([LedgerEntry(id: "a", stage: .held, arrivedAt: 0)])
            let found = try finding()
            #expect(found.message.hasPrefix("the ledger in "), "\(found)")
            group.cancelAll()
        }
    }

    @Test func `a file that is no ledger is a failure with a remedy`() throws {
        try directory.write("not a database, and long enough for the header of one\n", to: "ledger.sqlite")
        let found = try finding()
        #expect(found.status == .failure && found.remedy != nil)
    }

    @Test func `a file that is no spool is a failure with a remedy`() throws {
        try directory.write("not a database, and long enough for the header of one\n", to: "events.sqlite")
        let found = try #require(findings().last)
        #expect(found.status == .failure && found.remedy != nil)
        #expect(found.message.hasSuffix("/events.sqlite is not a spool of this bridge"), "\(found)")
    }

    @Test func `what is wrong with the directory is said once`() throws {
        let file = try directory.write("", to: "file")
        #expect(findings(in: file + "/store").count == 1)
    }

    @Test func `what cannot be read is a failure that says why`() throws {
        let path = directory.path + "/ledger.sqlite"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let found = try finding()
        #expect(found.status == .failure && found.message.contains("Is a directory"), "\(found)")
    }

    @Test func `a directory within a file is a failure with a remedy`() throws {
        let file = try directory.write("", to: "file")
        let found = try finding(in: file + "/store")
        #expect(found.status == .failure && found.remedy != nil)
    }
}
