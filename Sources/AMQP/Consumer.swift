internal import NIOConcurrencyHelpers

/// The deliveries of one consumer, in batches: all that one turn of the connection's loop took in.
///
/// Ends after `cancel()`, and when the connection was closed by us. Throws `consumerCancelled` when the broker
/// cancelled it, else what ended the connection. The prefetch bounds what it holds. For one reader.
public struct Consumer: AsyncSequence, Sendable {
    public typealias Element = [Delivery]
    public typealias Failure = AMQPError

    public let tag: String
    let buffer: DeliveryBuffer
    let connection: AMQPConnection

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let buffer: DeliveryBuffer

        public mutating func next() async throws(AMQPError) -> [Delivery]? {
            try await buffer.next()
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(AMQPError) -> [Delivery]? {
            try await buffer.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: buffer) }

    /// Whether the broker has ended it: its queue was deleted, or is on a node that is down, or a delivery was kept for
    /// longer than the broker allows (RabbitMQ 4.3).
    public var wasCancelledByBroker: Bool { buffer.wasCancelledByBroker }

    /// Asks the broker for no more. Deliveries that have arrived are still handed out, and may be settled.
    public func cancel() async throws(AMQPError) {
        try await connection.cancelConsumer(tag)
    }
}

/// Between the connection's thread, which fills it, and the reader of a consumer.
final class DeliveryBuffer: Sendable {
    private typealias Waiter = CheckedContinuation<Result<[Delivery]?, AMQPError>, Never>

    private struct State {
        var deliveries: [Delivery] = []
        var end: Result<Void, AMQPError>?
        var waiter: Waiter?
    }

    private let state = NIOLockedValueBox(State())

    var wasCancelledByBroker: Bool {
        state.withLockedValue { state in
            if case .failure(.consumerCancelled) = state.end { true } else { false }
        }
    }

    func deliver(_ batch: [Delivery]) {
        let waiter = state.withLockedValue { state -> Waiter? in
            guard state.end == nil else { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if state.deliveries.isEmpty { state.deliveries = batch } else { state.deliveries += batch }
            return nil
        }
        waiter?.resume(returning: .success(batch))
    }

    /// With `dropping`, what has arrived is worth nothing any more.
    func finish(_ end: Result<Void, AMQPError>, dropping: Bool) {
        let waiter = state.withLockedValue { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = end
            if dropping { state.deliveries = [] }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: end.map { nil })
    }

    func next() async throws(AMQPError) -> [Delivery]? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                if let result = take(orWaitWith: waiter) { waiter.resume(returning: result) }
                if Task.isCancelled { cancelWaiter() }
            }
        } onCancel: {
            cancelWaiter()
        }
        return try result.get()
    }

    private func take(orWaitWith waiter: Waiter) -> Result<[Delivery]?, AMQPError>? {
        state.withLockedValue { state in
            if !state.deliveries.isEmpty {
                defer { state.deliveries = [] }
                return .success(state.deliveries)
            }
            if let end = state.end { return end.map { nil } }
            precondition(state.waiter == nil, "a consumer has one reader")
            state.waiter = waiter
            return nil
        }
    }

    private func cancelWaiter() {
        let waiter = state.withLockedValue { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .success(nil))
    }
}
