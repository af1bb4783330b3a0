package import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// What became of commands, by their ids, so that none is done or answered twice with different words.
///
/// It lies in a file of the store's directory and outlives the process there; without a directory it lies in memory.
package final class Ledger: Service, Sendable {
    private enum Keeping: Sendable {
        case memory(NIOLockedValueBox<RememberedEntries>)
        case file(StoreKeeper<LedgerDatabase>)
    }

    typealias Opening = @Sendable (StoreFile, _ now: @escaping @Sendable () -> Int64) throws -> LedgerDatabase

    /// How often what is too old or too much is looked for.
    private static let pruning = Duration.seconds(10)

    private static let words = StoreKeeper<LedgerDatabase>.Words(
        trouble: "the ledger cannot be used, commands wait", recovery: "the ledger works again",
        loss: "entries of the ledger could not be written")

    private let keeping: Keeping
    private let now: @Sendable () -> Int64

    package convenience init(
        _ store: BridgeConfiguration.Store, metrics: BridgeMetrics? = nil, logger: Logger
    ) {
        self.init(store, commitTime: metrics?.ledgerCommit, logger: logger) { UnixTime.now() }
    }

    /// - Parameters:
    ///   - commitTime: what each commit takes.
    ///   - now: Unix milliseconds.
    init(
        _ store: BridgeConfiguration.Store, commitTime: Timer? = nil, logger: Logger,
        open: @escaping Opening = LedgerDatabase.open, now: @escaping @Sendable () -> Int64
    ) {
        self.now = now
        if store.keepsLedger, let directory = store.directory {
            keeping = .file(
                StoreKeeper(
                    StoreFile(.ledger, in: directory, store), LedgerWork(commitTime: commitTime),
                    tickingEvery: Self.pruning, words: Self.words, logger: logger
                ) { try open($0, now) })
        } else {
            keeping = .memory(NIOLockedValueBox(RememberedEntries(LedgerBounds(store))))
        }
    }

    /// Keeps the file until the service group stops. What was noted by then is committed before it closes; where the file cannot be
    /// written, that is tried once, and then lost and logged.
    ///
    /// - Throws: ``BridgeFailure`` if the directory cannot be made or written.
    package func run() async throws {
        switch keeping {
        case .memory: try? await gracefulShutdown()  // Cancelled or not, it is over.
        case .file(let keeper): try await keeper.run(isVital: true)
        }
    }

    /// What is known of these commands. Sees everything that was recorded or noted before, and waits while the store is
    /// in trouble.
    ///
    /// - Throws: `CancellationError`, and nothing else: of the task, or because the ledger is closed.
    package func entries(of ids: [String]) async throws -> [ExactID: LedgerEntry] {
        switch keeping {
        case .memory(let remembered): remembered.withLockedValue { $0.entries(of: ids, at: now()) }
        case .file(let keeper): try await keeper.work.entries(of: ids)
        }
    }

    /// Returns when they are committed, and waits while the store is in trouble. Whoever is cancelled is let go at once;
    /// the entries may be written all the same.
    ///
    /// - Throws: `CancellationError`, and nothing else: of the task, or because the ledger is closed.
    package func record(_ entries: [LedgerEntry]) async throws {
        switch keeping {
        case .memory: note(entries)
        case .file(let keeper): try await keeper.work.record(entries)
        }
    }

    /// They go with the next commit, in the order given; nobody waits.
    package func note(_ entries: [LedgerEntry]) {
        switch keeping {
        case .memory(let remembered): remembered.withLockedValue { $0.put(entries, at: now()) }
        case .file(let keeper): keeper.work.note(entries)
        }
    }

    /// Why commands cannot be taken just now, in a sentence; nil if all is well.
    package var trouble: String? {
        switch keeping {
        case .memory: nil
        case .file(let keeper): keeper.work.trouble
        }
    }

    /// Removes what need not be kept any longer, at once instead of within the next seconds.
    func prune() {
        if case .file(let keeper) = keeping { keeper.work.tick() }
    }
}
