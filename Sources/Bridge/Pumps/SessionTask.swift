internal import GWS
internal import NIOConcurrencyHelpers

/// The task that an agent's session polls in, for those who may have to end it: the vigil, which is one for all sessions,
/// and the stop.
final class SessionTask: Sendable {
    private enum End {
        case stuck(SessionStuck)
        /// The time for stopping is over.
        case cut
    }

    private struct State {
        var task: Task<Void, any Error>?
        var vigil = SessionVigil(since: .now)
        var end: End?
    }

    private let state = NIOLockedValueBox(State())
    private let executor: any TaskExecutor

    init(on executor: any TaskExecutor) {
        self.executor = executor
    }

    /// Runs it in a task of its own, which is awaited here. One at a time, and none after ``cut()``.
    ///
    /// - Throws: ``SessionStuck`` if it stood still, `CancellationError` if it was cut, beside what the body throws.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let begun = state.withLockedValue { state -> Task<Void, any Error>? in
            if case .cut? = state.end { return nil }
            let task = Task(executorPreference: executor, operation: body)
            state = State(task: task)
            return task
        }
        guard let task = begun else { throw CancellationError() }
        defer { state.withLockedValue { $0.task = nil } }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            switch state.withLockedValue(\.end) {
            case .stuck(let stuck): throw stuck
            case .cut: throw CancellationError()
            case nil: throw error
            }
        }
    }

    /// Ends it, now and for good.
    func cut() {
        let task = state.withLockedValue { state in
            state.end = .cut
            return state.task
        }
        task?.cancel()
    }

    /// Whether it may have been ended in the middle of something.
    var wasCut: Bool {
        state.withLockedValue { if case .cut? = $0.end { true } else { false } }
    }

    /// Ends it if it stands still; to be called every ``SessionVigil/interval``.
    func look(at status: SessionStatus, now: ContinuousClock.Instant = .now) {
        let task = state.withLockedValue { state -> Task<Void, any Error>? in
            guard state.task != nil, state.end == nil, state.vigil.isStuck(status, at: now) else {
                return nil
            }
            state.end = .stuck(SessionStuck(since: status.lastPollAnswered))
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
