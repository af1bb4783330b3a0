import AMQP
import NIOConcurrencyHelpers
import TestSupport

/// What a microservice has got, in the order of arrival, and a way to wait for more.
final class Inbox: Sendable {
    private struct State {
        var messages: [AMQPMessage] = []
        var waiters: [Int: @Sendable (AMQPMessage) -> Bool] = [:]
        var continuations: [Int: CheckedContinuation<AMQPMessage?, Never>] = [:]
        var lastWaiter = 0
    }

    private let state = NIOLockedValueBox(State())

    var messages: [AMQPMessage] { state.withLockedValue(\.messages) }

    func add(_ message: AMQPMessage) {
        let released = state.withLockedValue { state in
            state.messages.append(message)
            let met = state.waiters.filter { $0.value(message) }.keys
            return met.compactMap { id in
                state.waiters[id] = nil
                return state.continuations.removeValue(forKey: id)
            }
        }
        for continuation in released { continuation.resume(returning: message) }
    }

    /// The first message, come or yet to come, that meets the condition.
    func first(
        within limit: Duration = .seconds(10), _ what: String,
        where isMet: @escaping @Sendable (AMQPMessage) -> Bool
    ) async throws -> AMQPMessage {
        try await TestSupport.within(limit, what) {
            guard let message = await self.next(where: isMet) else { throw CancellationError() }
            return message
        }
    }

    private func next(where isMet: @escaping @Sendable (AMQPMessage) -> Bool) async -> AMQPMessage? {
        let id = state.withLockedValue { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let found: AMQPMessage?? = state.withLockedValue { state in
                    if let message = state.messages.first(where: isMet) { return .some(message) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[id] = isMet
                    state.continuations[id] = continuation
                    return nil
                }
                if let found { continuation.resume(returning: found) }
            }
        } onCancel: {
            let continuation = state.withLockedValue { state in
                state.waiters[id] = nil
                return state.continuations.removeValue(forKey: id)
            }
            continuation?.resume(returning: nil)
        }
    }
}
