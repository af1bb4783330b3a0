internal import Dispatch
internal import Logging
internal import Metrics
internal import ServiceLifecycle

/// Keeps a ledger's file: opens it, does the work that is handed over, and tries again where it cannot be done.
final class LedgerKeeper: Sendable {
    typealias Opening =
        @Sendable (LedgerFile, _ now: @escaping @Sendable () -> Int64) throws -> LedgerDatabase

    let work: LedgerWork
    private let file: LedgerFile
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let open: Opening
    /// To open and to close may take seconds, of waiting for the disk or for another bridge.
    private let queue = DispatchQueue(label: "ledger-file")

    /// A commit that fails is felt at once by those who wait for it.
    private static let backoff = Backoff(first: .milliseconds(100), longest: .seconds(2))
    /// How often what is too old or too much is looked for.
    private static let pruning = Duration.seconds(10)

    init(
        _ file: LedgerFile, commitTime: Timer?, logger: Logger, open: @escaping Opening,
        now: @escaping @Sendable () -> Int64
    ) {
        work = LedgerWork(commitTime: commitTime)
        self.open = open
        self.file = file
        self.logger = logger
        self.now = now
    }

    func run() async throws {
        defer {
            let lost = work.close()
            if lost > 0 {
                logger.error(
                    "entries of the ledger could not be written",
                    metadata: [LogKeys.count: "\(lost)", LogKeys.what: "\(file.path)"])
            }
        }
        try await aside { [file] in try file.prepare() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { [work] in
                    // The sleep ends early only by being cancelled.
                    repeat { work.prune() } while (try? await Task.sleep(for: Self.pruning)) != nil
                }
                await keep()
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: { [work] in
            work.stop()
        }
    }

    private func keep() async {
        var database: LedgerDatabase?
        var attempt = 0
        while true {
            do {
                let opened =
                    if let database { database } else { try await aside { [self] in try open(file, now) } }
                database = opened
                try await opened.drain(work)
                recovered(after: attempt)
                attempt = 0
                guard await work.isThere() else { break }
            } catch {
                attempt += 1
                let trouble = LedgerTrouble(error)
                report(trouble, attempt)
                if !trouble.leavesOpen {
                    await close(database)
                    database = nil
                }
                // With what was asked for last it was tried once.
                guard !work.isStopping else { break }
                let pause = Self.backoff.pause(after: attempt, jitter: .random(in: 0..<1))
                // Woken by the end; then it is tried once more.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        }
        await close(database)
    }

    private func close(_ database: LedgerDatabase?) async {
        guard let database else { return }
        await withCheckedContinuation { done in
            queue.async {
                database.close()
                done.resume()
            }
        }
    }

    /// Waits for what blocks, without blocking a thread that others need. No cancellation ends it.
    private func aside<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { done in
            queue.async { done.resume(with: Swift.Result { try body() }) }
        }
    }

    private func report(_ trouble: LedgerTrouble, _ attempt: Int) {
        let sentence = trouble.sentence(at: file.path)
        guard sentence != work.trouble else { return }
        work.set(sentence)
        logger.log(
            level: trouble.needsPerson ? .critical : .error, "the ledger cannot be used, commands wait",
            metadata: [LogKeys.reason: "\(sentence)", LogKeys.attempt: "\(attempt)"])
    }

    private func recovered(after attempts: Int) {
        guard attempts > 0 else { return }
        work.set(nil)
        logger.notice("the ledger works again", metadata: [LogKeys.attempt: "\(attempts)"])
    }
}
