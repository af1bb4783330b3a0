internal import NIOConcurrencyHelpers

/// Something that is there at times, and lets tasks wait for it.
///
/// A lock and not an actor, since a cancelled task must be let go at once, where nothing can be awaited.
final class Gate<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        var lastWaiter = 0
    }

    private let state = NIOLockedValueBox(State())

    var value: Value? { state.withLockedValue(\.value) }

    /// - Parameter condition: whether the value that is there, if any, may be replaced.
    /// - Returns: whether it was.
    @discardableResult
    func open(_ value: Value, if condition: (Value?) -> Bool = { _ in true }) -> Bool {
        let waiters = state.withLockedValue { state -> [Int: CheckedContinuation<Value, any Error>]? in
            guard condition(state.value) else { return nil }
            state.value = value
            defer { state.waiters = [:] }
            return state.waiters
        }
        guard let waiters else { return false }
        for waiter in waiters.values { waiter.resume(returning: value) }
        return true
    }

    /// - Parameter condition: whether the value that is there is the one that goes.
    func close(if condition: (Value) -> Bool = { _ in true }) {
        state.withLockedValue { state in
            if let value = state.value, condition(value) { state.value = nil }
        }
    }

    /// Suspends until there is a value.
    ///
    /// - Throws: `CancellationError`.
    func whenOpen() async throws -> Value {
        let id = state.withLockedValue { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Value, any Error>? = state.withLockedValue { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let value = state.value { return .success(value) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLockedValue { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
