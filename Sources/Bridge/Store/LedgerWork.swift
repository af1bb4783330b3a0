internal import Metrics
internal import NIOConcurrencyHelpers

/// What is handed over to the ledger's keeper. While one transaction runs, what comes gathers here and makes the next.
final class LedgerWork: Sendable {
    typealias ID = UInt64

    /// What one transaction writes, and reads after that.
    struct Batch: Sendable {
        var entries: [LedgerEntry] = []
        /// Who waits for the commit.
        var recorders: [ID] = []
        var lookups: [Lookup] = []
        let takenAt = ContinuousClock.now

        var isEmpty: Bool { entries.isEmpty && recorders.isEmpty && lookups.isEmpty }
    }

    struct Lookup: Sendable {
        let id: ID
        let commands: [String]
    }

    private typealias Found = [ExactID: LedgerEntry]
    private typealias Waiter = CheckedContinuation<[ExactID: LedgerEntry], any Error>

    private enum Phase {
        case open
        /// What is there is still done.
        case stopping
        case closed
    }

    private struct State {
        var phase = Phase.open
        var gathered = GatheredEntries()
        var recorders: [ID] = []
        var lookups: [Lookup] = []
        var waiters: [ID: Waiter] = [:]
        var lastID: ID = 0
        /// The keeper, where it has nothing to do.
        var keeper: CheckedContinuation<Void, Never>?
        var mustPrune = false
        var trouble: String?

        var isEmpty: Bool {
            gathered.entries.isEmpty && recorders.isEmpty && lookups.isEmpty && !mustPrune
        }
    }

    private let state = NIOLockedValueBox(State())
    private let commitTime: Timer?

    /// - Parameter commitTime: what each commit takes.
    init(commitTime: Timer? = nil) {
        self.commitTime = commitTime
    }

    // MARK: - Those who hand over

    func entries(of commands: [String]) async throws -> [ExactID: LedgerEntry] {
        try await wait { state, id in state.lookups.append(Lookup(id: id, commands: commands)) }
    }

    func record(_ entries: [LedgerEntry]) async throws {
        _ = try await wait { state, id in
            state.gathered.put(entries)
            state.recorders.append(id)
        }
    }

    func note(_ entries: [LedgerEntry]) {
        guard !entries.isEmpty else { return }
        hand { $0.gathered.put(entries) }
    }

    /// Asks that what is too old or too much be removed.
    func prune() { hand { $0.mustPrune = true } }

    var trouble: String? { state.withLockedValue { $0.trouble } }

    private func hand(_ change: (inout State) -> Void) {
        let keeper = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            guard state.phase != .closed else { return nil }
            change(&state)
            defer { state.keeper = nil }
            return state.keeper
        }
        keeper?.resume()
    }

    private func wait(_ change: (inout State, ID) -> Void) async throws -> [ExactID: LedgerEntry] {
        let id = state.withLockedValue { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                var isTaken = false
                hand { state in
                    change(&state, id)
                    state.waiters[id] = waiter
                    isTaken = true
                }
                if !isTaken { return waiter.resume(throwing: CancellationError()) }
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: ID) {
        state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
    }

    // MARK: - The keeper

    /// Waits for something to do; false once there will be nothing any more.
    func isThere() async -> Bool {
        await withCheckedContinuation { keeper in
            let mayGoOn = state.withLockedValue { state in
                guard state.isEmpty, state.phase == .open else { return true }
                state.keeper = keeper
                return false
            }
            if mayGoOn { keeper.resume() }
        }
        return state.withLockedValue { $0.phase == .open || !$0.isEmpty }
    }

    func take() -> Batch {
        state.withLockedValue { state in
            let batch = Batch(
                entries: state.gathered.take(), recorders: state.recorders, lookups: state.lookups)
            state.recorders.removeAll(keepingCapacity: true)
            state.lookups.removeAll(keepingCapacity: true)
            return batch
        }
    }

    /// Nobody waits for it at the end.
    func takePruning() -> Bool {
        state.withLockedValue { state in
            defer { state.mustPrune = false }
            return state.mustPrune && state.phase == .open
        }
    }

    /// It could not be done, and will be tried again, together with what came since.
    func putBack(_ batch: Batch) {
        state.withLockedValue { state in
            state.gathered.putBack(batch.entries)
            // Those who were let go are not waited for.
            state.recorders = batch.recorders.filter { state.waiters[$0] != nil } + state.recorders
            state.lookups = batch.lookups.filter { state.waiters[$0.id] != nil } + state.lookups
        }
    }

    /// - Parameter found: for each of the batch's lookups.
    func finish(_ batch: Batch, _ found: [[ExactID: LedgerEntry]]) {
        if !batch.entries.isEmpty { commitTime?.record(duration: .now - batch.takenAt) }
        let (recorders, lookups) = state.withLockedValue { state in
            state.trouble = nil
            return (
                batch.recorders.map { state.waiters.removeValue(forKey: $0) },
                batch.lookups.map { state.waiters.removeValue(forKey: $0.id) }
            )
        }
        for recorder in recorders { recorder?.resume(returning: [:]) }
        for (lookup, found) in zip(lookups, found) { lookup?.resume(returning: found) }
    }

    func set(_ trouble: String?) { state.withLockedValue { $0.trouble = trouble } }

    var isStopping: Bool { state.withLockedValue { $0.phase != .open } }

    /// What is there is done, and then it is over.
    func stop() {
        hand { $0.phase = .stopping }
    }

    /// Lets everyone go who waits still.
    ///
    /// - Returns: how many entries are lost.
    func close() -> Int {
        let (waiters, lost) = state.withLockedValue { state in
            state.phase = .closed
            defer { state.waiters = [:] }
            return (state.waiters.values, state.gathered.take().count)
        }
        for waiter in waiters { waiter.resume(throwing: CancellationError()) }
        return lost
    }
}
