internal import Dispatch
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Keeps a file of the store: opens it, does the work that is handed over, and tries again where it cannot be done.
final class StoreKeeper<Store: KeptStore>: Sendable {
    /// What it says in the log.
    struct Words: Sendable {
        let trouble: Logger.Message
        let recovery: Logger.Message
        let loss: Logger.Message
    }

    let work: Store.Work
    private let file: StoreFile
    private let words: Words
    private let pause: Duration
    private let logger: Logger
    private let open: @Sendable (StoreFile) throws -> Store
    /// To open and to close may take seconds, of waiting for the disk or for another bridge.
    private let queue: DispatchQueue
    /// Whether it was said that the file does not answer.
    private let isStalled = NIOLockedValueBox(false)

    /// A commit that fails is felt at once by those who wait for it.
    private static var backoff: Backoff { Backoff(first: .milliseconds(100), longest: .seconds(2)) }

    /// - Parameter pause: between two ticks.
    init(
        _ file: StoreFile, _ work: Store.Work, tickingEvery pause: Duration, words: Words, logger: Logger,
        open: @escaping @Sendable (StoreFile) throws -> Store
    ) {
        self.file = file
        self.work = work
        self.pause = pause
        self.words = words
        self.logger = logger
        self.open = open
        queue = DispatchQueue(label: "\(file.kind.noun)-file")
    }

    /// - Parameter isVital: whether it throws where the directory cannot be made or written.
    /// - Throws: ``BridgeFailure``.
    func run(isVital: Bool) async throws {
        defer {
            let lost = work.close()
            if lost > 0 {
                logger.error(
                    words.loss, metadata: [LogKeys.count: "\(lost)", LogKeys.what: "\(file.path)"])
            }
        }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [work, pause] in
                    // The sleep ends early only by being cancelled.
                    repeat { work.tick() } while (try? await Task.sleep(for: pause)) != nil
                }
                group.addTask { await self.watch() }
                defer { group.cancelAll() }
                if isVital {
                    work.turn(isBusy: true)
                    try await aside { [file] in try file.prepare() }
                }
                await keep()
            }
        } onCancelOrGracefulShutdown: { [work] in
            work.stop()
        }
    }

    private func keep() async {
        var store: Store?
        var attempt = 0
        while true {
            do {
                work.turn(isBusy: true)
                let opened = if let store { store } else { try await aside { [self] in try open(file) } }
                store = opened
                work.turn(isBusy: true)
                try await opened.drain(work)
                work.turn(isBusy: false)
                recovered(after: attempt)
                attempt = 0
                guard await work.isThere() else { break }
            } catch is CancellationError {
                // It does not answer, and would not to be closed.
                return
            } catch {
                attempt += 1
                let trouble = StoreTrouble(error)
                work.turn(isBusy: false)
                report(trouble, attempt)
                if !trouble.leavesOpen {
                    await close(store)
                    store = nil
                }
                // With what was asked for last it was tried once.
                guard !work.isStopping else { break }
                let pause = Self.backoff.pause(after: attempt, jitter: .random(in: 0..<1))
                // Woken by the end; then it is tried once more.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        }
        await close(store)
    }

    private func close(_ store: Store?) async {
        guard let store else { return }
        // Whether it is closed by then or not, nothing more is done with it.
        try? await aside { store.close() }
    }

    /// Waits for what blocks, without blocking a thread that others need.
    private func aside<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await untilDone { [queue] tell in queue.async { tell(Swift.Result { try body() }) } }
    }

    /// Looks whether the file answers, now and then: nobody tells of what does not happen. That it does again its work
    /// will show.
    private func watch() async {
        let sentence = StoreTrouble.stalled.sentence(of: file)
        repeat {
            guard let since = work.busySince, .now - since > file.kind.patience else { continue }
            work.stalled(sentence)
            guard !isStalled.withLockedValue({ $0.exchange(true) }) else { continue }
            logger.error(words.trouble, metadata: [LogKeys.reason: "\(sentence)"])
        } while (try? await Task.sleep(for: .milliseconds(500))) != nil
    }

    private func report(_ trouble: StoreTrouble, _ attempt: Int) {
        let (sentence, known) = (trouble.sentence(of: file), work.trouble)
        isStalled.withLockedValue { $0 = false }
        work.failed(trouble, sentence, attempt: attempt)
        guard sentence != known else { return }
        logger.log(
            level: trouble.needsPerson ? .critical : .error, words.trouble,
            metadata: [LogKeys.reason: "\(sentence)", LogKeys.attempt: "\(attempt)"])
    }

    private func recovered(after attempts: Int) {
        let wasStalled = isStalled.withLockedValue { $0.exchange(false) }
        guard attempts > 0 || wasStalled else { return }
        work.recovered()
        logger.notice(words.recovery, metadata: [LogKeys.attempt: "\(attempts)"])
    }
}

extension Bool {
    /// - Returns: what it was.
    fileprivate mutating func exchange(_ new: Bool) -> Bool {
        defer { self = new }
        return self
    }
}
