internal import GWS
internal import NIOConcurrencyHelpers

/// The task that an agent's session polls in, for those who may have to end it: the vigil and the stop. Neither has a
/// task for each session, of which there may be thousands.
final class SessionTask: Sendable {
    private struct State {
        var task: Task<Void, any Error>?
        var vigil = SessionVigil(since: .now)
        /// Why it was ended.
        var stuck: SessionStuck?
    }

    private let state = NIOLockedValueBox(State())
    private let executor: any TaskExecutor

    init(on executor: any TaskExecutor) {
        self.executor = executor
    }

    /// Runs it in a task of its own. One at a time.
    ///
    /// - Throws: ``SessionStuck`` if it stood still, beside what the body throws.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task(executorPreference: executor, operation: body)
        state.withLockedValue { $0 = State(task: task) }
        defer { state.withLockedValue { $0.task = nil } }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw state.withLockedValue(\.stuck) ?? error
        }
    }

    func cancel() { state.withLockedValue(\.task)?.cancel() }

    /// Ends it if it stands still; to be called every ``SessionVigil/interval``.
    func look(at status: SessionStatus) {
        let task = state.withLockedValue { state -> Task<Void, any Error>? in
            guard state.task != nil, state.vigil.isStuck(status, at: .now) else { return nil }
            state.stuck = SessionStuck(since: status.lastPollAnswered)
            return state.task
        }
        task?.cancel()
    }
}

/// The session stood still, and nobody knows why.
struct SessionStuck: Error, CustomStringConvertible {
    let since: ContinuousClock.Instant?

    var description: String {
        "no poll was answered for \(since.map { "\(ContinuousClock.now - $0)" } ?? "long")"
    }
}
