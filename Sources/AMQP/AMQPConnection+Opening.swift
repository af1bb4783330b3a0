internal import Logging
internal import NIOConcurrencyHelpers

extension AMQPConnection {
    /// Tries the endpoints in turn, on the connection's own thread, for as long as somebody waits for it.
    static func open(
        _ broker: Broker, name: String, window: Int, logger: Logger
    ) async throws(AMQPError) -> AMQPConnection {
        guard !broker.endpoints.isEmpty else { throw .invalidBroker(reason: "no endpoint is given") }
        let thread = try ConnectionThread()
        let opening = Opening()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Opening.Waiter) in
                opening.begin(waiter)
                if Task.isCancelled { opening.finish(.failure(.cancelled)) }
                thread.run {
                    let result = connect(broker, name, window, logger, thread, opening)
                    // Nobody waits any more: the connection goes with its last reference, which is here.
                    if !opening.finish(result) { logger.debug("Connection came too late") }
                }
            }
        } onCancel: {
            opening.finish(.failure(.cancelled))
        }
        if case .failure = result { thread.stop() }
        return try result.get()
    }

    private static func connect(
        _ broker: Broker, _ name: String, _ window: Int, _ logger: Logger, _ thread: ConnectionThread,
        _ opening: Opening
    ) -> Result<AMQPConnection, AMQPError> {
        var failures: [AMQPError] = []
        for endpoint in broker.endpoints where !opening.isOver {
            let watch = Watch {
                let reason = "nothing came of it in time, not even from the resolver"
                opening.finish(.failure(.unreachable(endpoint: "\(endpoint)", reason: reason)))
            }
            do throws(AMQPError) {
                let (handle, server) = try ConnectionHandle.open(
                    endpoint, of: broker, name: name, watch: watch)
                watch.forgetExpiry()
                logger.debug(
                    "Connected to the broker",
                    metadata: [
                        LogKeys.endpoint: "\(endpoint)",
                        LogKeys.server: "\(server.product) \(server.version)",
                    ])
                return .success(
                    AMQPConnection(
                        handle: handle, server: server, thread: thread, broker: broker, window: window,
                        logger: logger))
            } catch {
                watch.retire()
                failures.append(error)
            }
        }
        return .failure(gist(of: failures))
    }

    /// What a person must change comes first: that another endpoint is away does not make it right.
    private static func gist(of failures: [AMQPError]) -> AMQPError {
        if let permanent = failures.first(where: { $0.remedy == .changeConfiguration }) { return permanent }
        guard failures.count > 1 else { return failures.first ?? .cancelled }
        if let answered = failures.first(where: { if case .unreachable = $0 { false } else { true } }) {
            return answered
        }
        var endpoints: [String] = []
        var reasons: [String] = []
        for case .unreachable(let endpoint, let reason) in failures {
            endpoints.append(endpoint)
            if !reasons.contains(reason) { reasons.append(reason) }
        }
        return .unreachable(
            endpoint: endpoints.joined(separator: ", "), reason: reasons.joined(separator: "; "))
    }
}

/// One attempt to connect: whoever is first, the thread, the watchdog or a cancellation, says how it ended.
private final class Opening: Sendable {
    typealias Waiter = CheckedContinuation<Result<AMQPConnection, AMQPError>, Never>

    private struct State {
        var waiter: Waiter?
        var isOver = false
    }

    private let state = NIOLockedValueBox(State())

    var isOver: Bool { state.withLockedValue { $0.isOver } }

    func begin(_ waiter: Waiter) {
        let isOver = state.withLockedValue { state in
            if !state.isOver { state.waiter = waiter }
            return state.isOver
        }
        // Only a cancellation can have been faster than the beginning.
        if isOver { waiter.resume(returning: .failure(.cancelled)) }
    }

    @discardableResult
    func finish(_ result: Result<AMQPConnection, AMQPError>) -> Bool {
        let (waiter, isFirst) = state.withLockedValue { state in
            defer {
                state.waiter = nil
                state.isOver = true
            }
            return (state.waiter, !state.isOver)
        }
        waiter?.resume(returning: result)
        return isFirst
    }
}
