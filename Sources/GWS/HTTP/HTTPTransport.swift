import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP as GWS needs it, for all agents of a process: a request in, a whole answer or a failure out that knows whether
/// the request may have been sent.
///
/// Long polls have connections of their own, so that they never starve an operation. Nothing is tried again here: a
/// connection that is refused is reported at once, and a request given to a kept-alive connection that the server is just
/// closing fails, and is not moved to another.
public final class HTTPTransport: Sendable {
    enum Pool: Sendable {
        case operations, polls
    }

    struct Request: Sendable {
        var method: HTTPMethod
        /// Below `/api/v2`, encoded.
        var path: String
        var headers: HTTPHeaders
        var body: [UInt8]?
        var pool = Pool.operations
        var timeout: Duration
        /// Asked at the very moment that it is about to be sent.
        var mayGo: @Sendable () -> Bool = { true }

        /// Bytes of an answer's body.
        var responseLimit: Int { pool == .polls || method == .GET ? 16 << 20 : 1 << 20 }
    }

    struct Response: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    struct Failure: Error {
        enum Kind: Sendable {
            /// Refused, no such host, no connection in time, TLS: nothing was sent.
            case notSent
            case timedOut, cut, tooLarge, cancelled
        }

        var kind: Kind
        /// Whether the head of the request went into a connection.
        var mayHaveBeenSent: Bool
        var reason: String
        /// What was read of the answer, without its body.
        var head: Response?
    }

    private struct Pools {
        let operations: HTTPConnectionPool
        let polls: HTTPConnectionPool
    }

    public let server: GWSServer
    private let loops: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let pools: NIOLoopBoundBox<Pools>
    private let isShutDown = NIOLockedValueBox(false)
    let logins: LoginPace
    /// Where tasks are best run that have much to do with it: on its own thread, which must not be blocked.
    public let executor: any TaskExecutor

    /// It has no size: the sessions that share it may become more. Each has one poll at a time, and what else is under
    /// way is bounded by those who ask for it.
    public init(server: GWSServer) throws(GWSError) {
        self.server = server
        logins = LoginPace(perSecond: server.loginRate)
        let address = try HTTPServerAddress(server)
        // One loop: a request's time-out and its being sent are then in one order, and "not sent" is certain.
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = loops.next()
        self.loop = loop
        executor = LoopExecutor(loop)
        pools = .makeBoxSendingValue(
            Pools(
                operations: HTTPConnectionPool(loop: loop, server: address),
                polls: HTTPConnectionPool(loop: loop, server: address)),
            eventLoop: loop)
    }

    /// Closes the connections on every path.
    public static func withTransport<Result>(
        to server: GWSServer, _ body: (HTTPTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try HTTPTransport(server: server)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Has to be called, and to be waited for, before the transport is let go. What is under way fails.
    public func shutdown() async {
        let isFirst = isShutDown.withLockedValue { isShutDown in
            defer { isShutDown = true }
            return !isShutDown
        }
        guard isFirst else { return }
        // What was handed over before is there then, and ended.
        try? await loop.submit { [pools] in
            pools.value.operations.shutDown()
            pools.value.polls.shutDown()
        }.get()
        try? await loops.shutdownGracefully()
    }

    var hasShutDown: Bool { isShutDown.withLockedValue(\.self) }

    /// Pulls it then, unless the request has ended before.
    func pull(_ switch: CancelSwitch, after delay: Duration) {
        loop.scheduleTask(in: TimeAmount(delay)) { `switch`.pull() }
    }

    func send(_ request: Request, cancelling switch: CancelSwitch? = nil) async throws(Failure) -> Response {
        let deadline = NIODeadline.now() + TimeAmount(request.timeout)
        let exchange = NIOLoopBoundBox<HTTPExchange?>.makeBoxSendingValue(nil, eventLoop: loop)
        let cancel = CancelSwitch()
        cancel.arm { [self] in
            _ = onLoop { exchange.value?.abandon(.cancelled, "cancelled") }
        }
        `switch`?.arm { cancel.pull() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHandedOver = onLoop { [pools] in
                    let new = HTTPExchange(request, deadline: deadline) { continuation.resume(returning: $0) }
                    // Cancelled before, nobody saw it.
                    if cancel.isPulled { return new.fail(.cancelled, "cancelled") }
                    exchange.value = new
                    let pool = request.pool == .polls ? pools.value.polls : pools.value.operations
                    pool.send(new)
                }
                guard !isHandedOver else { return }
                continuation.resume(
                    returning: .failure(
                        Failure(kind: .cancelled, mayHaveBeenSent: false, reason: "nothing is sent any more"))
                )
            }
        } onCancel: {
            cancel.pull()
        }
        return try result.get()
    }

    /// - Returns: false if there is no loop any more.
    private func onLoop(_ body: @escaping @Sendable () -> Void) -> Bool {
        if loop.inEventLoop {
            body()
            return true
        }
        // Under the lock: what the loop got before it is shut down it does.
        return isShutDown.withLockedValue { isShutDown in
            if !isShutDown { loop.execute(body) }
            return !isShutDown
        }
    }
}

/// Cancels a request from elsewhere.
final class CancelSwitch: Sendable {
    private struct State {
        var isPulled = false
        var action: (@Sendable () -> Void)?
    }

    private let state = NIOLockedValueBox(State())

    fileprivate var isPulled: Bool { state.withLockedValue(\.isPulled) }

    func pull() {
        state.withLockedValue { state in
            state.isPulled = true
            return state.action
        }?()
    }

    fileprivate func arm(_ action: @escaping @Sendable () -> Void) {
        let isPulled = state.withLockedValue { state in
            state.action = action
            return state.isPulled
        }
        if isPulled { action() }
    }
}
