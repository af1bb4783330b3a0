internal import NIOConcurrencyHelpers

/// Where work for a store's file is handed over. While one transaction runs, what comes gathers here for the next.
final class StoreHandover<Content: HandedOver, Answer: Sendable>: Sendable {
    typealias ID = UInt64
    fileprivate typealias Waiter = CheckedContinuation<Answer, any Error>

    fileprivate enum Phase {
        case open
        /// What is there is still done.
        case stopping
        case closed
    }

    /// The content, and who waits for what becomes of it.
    struct Desk: Sendable {
        var content: Content
        fileprivate(set) var trouble: String?
        fileprivate var phase = Phase.open
        fileprivate var waiters: [ID: Waiter] = [:]
        fileprivate var answered: [(waiter: Waiter, answer: Answer)] = []
        fileprivate var lastID: ID = 0
        /// The keeper, where it has nothing to do.
        fileprivate var keeper: CheckedContinuation<Void, Never>?
        /// Since when the file has been at one piece of work.
        fileprivate(set) var busySince: ContinuousClock.Instant?

        /// Those who were let go are not waited for.
        func isWaiting(_ id: ID) -> Bool { waiters[id] != nil }

        mutating func answer(_ id: ID, _ answer: Answer) {
            if let waiter = waiters.removeValue(forKey: id) { answered.append((waiter, answer)) }
        }

        /// The file begins a piece of work, or has none.
        mutating func turn(isBusy: Bool) { busySince = isBusy ? .now : nil }

        mutating func set(_ trouble: String?) { self.trouble = trouble }

        var isOpen: Bool { phase == .open }
    }

    private let desk: NIOLockedValueBox<Desk>

    init(_ content: Content) {
        desk = NIOLockedValueBox(Desk(content: content))
    }

    // MARK: - Those who hand over

    /// Looks at it, or changes it without a word to the keeper.
    func with<Result>(_ body: (inout Desk) -> Result) -> Result {
        let (result, answered) = desk.withLockedValue { desk in
            let result = body(&desk)
            guard !desk.answered.isEmpty else { return (result, [(waiter: Waiter, answer: Answer)]()) }
            defer { desk.answered = [] }
            return (result, desk.answered)
        }
        for (waiter, answer) in answered { waiter.resume(returning: answer) }
        return result
    }

    /// Changes it, and wakes the keeper; does nothing once it is closed.
    func hand(_ change: (inout Desk) -> Void) {
        let keeper = with { desk -> CheckedContinuation<Void, Never>? in
            guard desk.phase != .closed else { return nil }
            change(&desk)
            guard !desk.content.isEmpty || desk.phase != .open else { return nil }
            defer { desk.keeper = nil }
            return desk.keeper
        }
        keeper?.resume()
    }

    /// Hands something over, and waits for what becomes of it. Who is cancelled is let go at once.
    ///
    /// - Parameter change: gives the answer where it is known at once.
    /// - Throws: `CancellationError`, and nothing else: of the task, or because it is closed.
    func wait(_ change: (inout Desk, ID) -> Answer?) async throws -> Answer {
        let id = with { desk in
            desk.lastID += 1
            return desk.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                var isTaken = false
                hand { desk in
                    isTaken = true
                    if let answer = change(&desk, id) {
                        desk.answered.append((waiter, answer))
                    } else {
                        desk.waiters[id] = waiter
                    }
                }
                if !isTaken { return waiter.resume(throwing: CancellationError()) }
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: ID) {
        with { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }

    // MARK: - The keeper

    /// Waits for something to do; false once there will be nothing any more.
    func isThere() async -> Bool {
        await withCheckedContinuation { keeper in
            let mayGoOn = with { desk in
                guard desk.content.isEmpty, desk.phase == .open else { return true }
                desk.keeper = keeper
                return false
            }
            if mayGoOn { keeper.resume() }
        }
        return with { $0.phase == .open || !$0.content.isEmpty }
    }

    var trouble: String? { with { $0.trouble } }

    var busySince: ContinuousClock.Instant? { with { $0.busySince } }

    var isStopping: Bool { with { $0.phase != .open } }

    /// What is there is done, and then it is over.
    func stop() {
        hand { $0.phase = .stopping }
    }

    /// Lets everyone go who waits still.
    ///
    /// - Parameter body: counts what is lost.
    func close(_ body: (inout Content) -> Int) -> Int {
        let (waiters, lost) = with { desk in
            desk.phase = .closed
            defer { desk.waiters = [:] }
            return (desk.waiters.values, body(&desk.content))
        }
        for waiter in waiters { waiter.resume(throwing: CancellationError()) }
        return lost
    }
}
