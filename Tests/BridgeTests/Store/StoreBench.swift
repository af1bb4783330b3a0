import Foundation
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport

@testable import Bridge

/// A directory for a store of a test's own, gone with the last reference to it, and ledgers and spools in it.
final class StoreBench: Sendable {
    let directory: String
    /// What the ledgers take for the time, in Unix milliseconds.
    let time = NIOLockedValueBox<Int64>(1_000_000)

    init() {
        directory = FileManager.default.temporaryDirectory.path + "/gws-bridge-\(UUID().uuidString)/store"
    }

    deinit {
        // It may be gone already, and nobody could be told here.
        try? FileManager.default.removeItem(atPath: (directory as NSString).deletingLastPathComponent)
    }

    /// The directory's path, with that above it made.
    func prepared() throws -> String {
        try FileManager.default.createDirectory(
            atPath: (directory as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        return directory
    }

    var file: String { directory + "/ledger.sqlite" }

    var store: BridgeConfiguration.Store {
        var store = BridgeConfiguration.Store()
        store.directory = directory
        return store
    }

    func pass(milliseconds: Int64) { time.withLockedValue { $0 += milliseconds } }

    /// - Parameter opened: sees each file that is opened.
    func ledger(
        _ store: BridgeConfiguration.Store? = nil, logger: Logger = .silent,
        opened: @escaping @Sendable (LedgerDatabase) -> Void = { _ in }
    ) -> Ledger {
        Ledger(
            store ?? self.store, logger: logger,
            open: { file, now in
                let database = try LedgerDatabase.open(file, now: now)
                opened(database)
                return database
            }, now: { [time] in time.withLockedValue { $0 } })
    }

    /// Runs a ledger in this directory, and stops it gracefully after the body.
    func withLedger<Result: Sendable>(
        _ store: BridgeConfiguration.Store? = nil, logger: Logger = .silent,
        _ body: @Sendable (Ledger) async throws -> Result
    ) async throws -> Result {
        try await withRunning(ledger(store, logger: logger), body)
    }

    func withRunning<Store: Service & Sendable, Result: Sendable>(
        _ store: Store, _ body: @Sendable (Store) async throws -> Result
    ) async throws -> Result {
        try await testGracefulShutdown { trigger in
            async let running: Void = store.run()
            let result: Result
            do {
                result = try await body(store)
            } catch {
                trigger.triggerGracefulShutdown()
                try await running
                throw error
            }
            trigger.triggerGracefulShutdown()
            try await running
            return result
        }
    }
}

extension ExactID: ExpressibleByStringLiteral {
    public init(stringLiteral string: String) { self.init(string: string) }
}

extension LedgerEntry {
    static func sample(_ id: String, _ stage: Stage = .held, attempts: Int = 0) -> LedgerEntry {
        LedgerEntry(
            id: id, stage: stage, arrivedAt: 1, attempts: attempts,
            verdict: stage == .ended || stage == .told ? Verdict(CommandOutcome(.confirmed)) : nil)
    }
}
