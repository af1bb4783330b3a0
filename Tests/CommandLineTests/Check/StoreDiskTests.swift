import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// The disk below the store, and who may look at it.
@Suite struct StoreDiskTests {
    @Test func `a spool that may outgrow the disk is a warning`() async throws {
        try await withSite { site in
            let checked = try await site.check(["STORE_SPOOL_SIZE": "4000000GiB"])
            checked.expect("store space", .warning, remedy: "store.spool-size")
            #expect(checked.bad.map(\.name) == ["store space"])
        }
    }

    @Test func `a store that others may look into is a warning`() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
        try await withSite { site in
            let checked = try await site.check(["STORE_DIRECTORY": directory.path])
            checked.expect("store permissions", .warning, remedy: "chmod 700 \(directory.path)")
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path)
            #expect(try await site.check(["STORE_DIRECTORY": directory.path]).bad.isEmpty)
        }
    }

    @Test func `files that others may read are named where the directory is open`() {
        let finding = StoreModes(
            directory: .init(path: "/s", mode: 0o750),
            files: [
                .init(path: "/s/events.sqlite", mode: 0o644), .init(path: "/s/ledger.sqlite", mode: 0o600),
            ]
        ).finding
        #expect(finding.status == .warning)
        #expect(finding.message == "/s has mode 750, /s/events.sqlite has mode 644: others may look into it")
    }

    @Test(
        arguments: [
            (63 << 20, Finding.Status.failure), (65 << 20, .warning), (1088 << 20, .ok), (1 << 40, .ok),
        ] as [(Int64, Finding.Status)])
    func `free space is held against what the spool may become`(free: Int64, status: Finding.Status) {
        #expect(StoreSpace(free: free, spool: 0, spoolLimit: 1 << 30).finding.status == status)
    }

    @Test func `what the spool's file has already is not counted twice`() {
        #expect(StoreSpace(free: 65 << 20, spool: 1 << 30, spoolLimit: 1 << 30).finding.status == .ok)
    }
}
