internal import NIOConcurrencyHelpers

/// What other threads hand over to a connection's thread, and what they may see of the connection.
///
/// The thread takes all of it at the beginning of a turn, under one lock.
final class Mailbox: Sendable {
    typealias ID = UInt64

    struct Publishing {
        let id: ID
        let messages: [AMQPMessage]
        let patience: Duration?
        let waiter: CheckedContinuation<[PublishResult], Never>
    }

    struct Contents {
        var publishings: [Publishing] = []
        var settlements: [(tag: UInt64, settlement: Acks.Settlement)] = []
        /// Publishings and calls whose waiting tasks were cancelled.
        var cancelled: [ID] = []

        var isEmpty: Bool { publishings.isEmpty && settlements.isEmpty && cancelled.isEmpty }
    }

    private struct State {
        var contents = Contents()
        var lastID: ID = 0
        var end: AMQPError?
        var enders: [ID: CheckedContinuation<AMQPError, Never>] = [:]
        var status: ConnectionStatus
        /// The thread will look by itself soon: settlements fewer than this need not wake it.
        var quietSettlements = 0
    }

    private let state: NIOLockedValueBox<State>
    private let thread: ConnectionThread
    private let patience: Duration?

    /// - Parameter patience: for how long the broker keeps who has heard it; nil for always.
    init(thread: ConnectionThread, patience: Duration? = nil) {
        self.thread = thread
        self.patience = patience
        state = NIOLockedValueBox(State(status: ConnectionStatus(lastHeard: .now)))
    }

    var status: ConnectionStatus { state.withLockedValue { $0.status } }

    func isAlive(at now: ContinuousClock.Instant) -> Bool {
        state.withLockedValue { state in
            guard state.end == nil else { return false }
            return patience.map { now - state.status.lastHeard <= $0 } ?? true
        }
    }

    func nextID() -> ID {
        state.withLockedValue { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func publish(_ publishing: Publishing) {
        let end = state.withLockedValue { state in
            if state.end == nil { state.contents.publishings.append(publishing) }
            return state.end
        }
        if let end {
            publishing.waiter.resume(returning: publishing.messages.map { _ in .failed(end) })
        } else {
            thread.wake()
        }
    }

    func settle(_ tag: UInt64, _ settlement: Acks.Settlement) {
        let mustWake = state.withLockedValue { state in
            guard state.end == nil else { return false }
            state.contents.settlements.append((tag, settlement))
            return state.contents.settlements.count >= state.quietSettlements
        }
        if mustWake { thread.wake() }
    }

    func cancel(_ id: ID) {
        state.withLockedValue { $0.contents.cancelled.append(id) }
        thread.wake()
    }

    func take(_ status: ConnectionStatus) -> Contents {
        state.withLockedValue { state in
            state.status = status
            guard !state.contents.isEmpty else { return Contents() }
            defer { state.contents = Contents() }
            return state.contents
        }
    }

    /// Called by the thread before it sleeps; false if there is more to do first.
    func rest(_ status: ConnectionStatus, quietSettlements: Int) -> Bool {
        state.withLockedValue { state in
            state.status = status
            state.quietSettlements = quietSettlements
            let count = state.contents.settlements.count
            return count == 0 || count < quietSettlements
        }
    }

    /// Returns what was handed over too late.
    func end(_ error: AMQPError, _ status: ConnectionStatus) -> Contents {
        let (contents, enders) = state.withLockedValue { state in
            state.end = error
            state.status = status
            defer {
                state.contents = Contents()
                state.enders = [:]
            }
            return (state.contents, state.enders)
        }
        for ender in enders.values { ender.resume(returning: error) }
        return contents
    }

    /// Waits for the end, or if `isCancellable` for the end of the waiting task.
    func ended(isCancellable: Bool) async -> AMQPError {
        let id = nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (ender: CheckedContinuation<AMQPError, Never>) in
                let end = state.withLockedValue { state in
                    if state.end == nil { state.enders[id] = ender }
                    return state.end
                }
                if let end { return ender.resume(returning: end) }
                if isCancellable, Task.isCancelled { cancelEnder(id) }
            }
        } onCancel: {
            if isCancellable { cancelEnder(id) }
        }
    }

    private func cancelEnder(_ id: ID) {
        state.withLockedValue { $0.enders.removeValue(forKey: id) }?.resume(returning: .cancelled)
    }
}
