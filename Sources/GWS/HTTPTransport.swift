import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// HTTP as GWS needs it, for all agents of a process: a request in, a whole answer or a failure out that knows whether
/// the request may have been sent.
///
/// Long polls have connections of their own, so that they never starve an operation. Nothing is tried again here, nor
/// in AsyncHTTPClient (1.37): it repeats a request only to follow a redirect, which is off, and a failed attempt to
/// connect, which is off too, so that a refused connection is reported at once and not after the time-out. A request
/// given to a kept-alive connection that the server is just closing fails (`remoteConnectionClosed`) and is not moved
/// to another.
public final class HTTPTransport: Sendable {
    enum Pool: Sendable {
        case operations, polls
    }

    struct Request: Sendable {
        var method: HTTPMethod
        var url: String
        var headers: HTTPHeaders
        var body: [UInt8]?
        var pool = Pool.operations
        var timeout: Duration
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

    public let server: GWSServer
    private let loops: MultiThreadedEventLoopGroup
    private let operations: HTTPClient
    private let polls: HTTPClient
    let logins: LoginPace

    /// It has no size: the sessions that share it may become more. Each has one poll at a time, and what else is under
    /// way is bounded by those who ask for it.
    public init(server: GWSServer) throws(GWSError) {
        self.server = server
        logins = LoginPace(perSecond: server.loginRate)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if let file = server.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
            } catch {
                throw .invalidServer("no certificates in \(file)")
            }
            configuration.tlsConfiguration = tls
        }
        configuration.timeout.connect = TimeAmount(server.connectTimeout)
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.connectionPool.retryConnectionEstablishment = false
        // GWS's Jetty closes what was idle for 30 s (idleTimeout in its sample configuration). Be first: a request into
        // a connection that is being closed has an unknown outcome.
        configuration.connectionPool.idleTimeout = .seconds(20)

        // One loop: a request's time-out and its being sent are then in one order, and "not sent" is certain.
        loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // Nothing ever waits for a connection; what is not needed any more goes by its idle time. The limits are the
        // callers' and that of descriptors.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_000_000
        operations = HTTPClient(eventLoopGroupProvider: .shared(loops), configuration: configuration)
        polls = HTTPClient(eventLoopGroupProvider: .shared(loops), configuration: configuration)
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
        // Shutting down fails only if it was done before, or with connections in an odd state, and they are gone.
        try? await operations.shutdown()
        try? await polls.shutdown()
        try? await loops.shutdownGracefully()
    }

    /// Pulls it then, unless the request has ended before.
    func pull(_ switch: CancelSwitch, after delay: Duration) {
        loops.next().scheduleTask(in: TimeAmount(delay)) { `switch`.pull() }
    }

    func send(_ request: Request, cancelling switch: CancelSwitch? = nil) async throws(Failure) -> Response {
        let collector = ResponseCollector(
            limit: request.pool == .polls || request.method == .GET ? 16 << 20 : 1 << 20)
        let httpRequest: HTTPClient.Request
        do {
            httpRequest = try HTTPClient.Request(
                url: request.url, method: request.method, headers: request.headers,
                body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
        } catch {
            throw Failure(kind: .notSent, mayHaveBeenSent: false, reason: "\(error)")
        }
        let client = request.pool == .polls ? polls : operations
        let task = client.execute(
            request: httpRequest, delegate: collector, deadline: .now() + TimeAmount(request.timeout))
        `switch`?.arm { task.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw collector.failure(error)
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

/// Gathers one answer, up to a limit.
private final class ResponseCollector: HTTPClientResponseDelegate {
    private struct State {
        var isSent = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    private struct TooLarge: Error {}

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int) { self.limit = limit }

    func didSendRequestHead(task: HTTPClient.Task<HTTPTransport.Response>, _ head: HTTPRequestHead) {
        state.withLockedValue { $0.isSent = true }
    }

    func didReceiveHead(
        task: HTTPClient.Task<HTTPTransport.Response>, _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        state.withLockedValue { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<HTTPTransport.Response>, _ buffer: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let isTooLarge = state.withLockedValue { state in
            guard state.body.count + buffer.readableBytes <= limit else { return true }
            state.body.append(contentsOf: buffer.readableBytesView)
            return false
        }
        guard isTooLarge else { return task.eventLoop.makeSucceededVoidFuture() }
        return task.eventLoop.makeFailedFuture(TooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPTransport.Response>) throws -> HTTPTransport.Response {
        try state.withLockedValue { state in
            guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
            return HTTPTransport.Response(
                status: Int(head.status.code), headers: head.headers, body: state.body)
        }
    }

    func failure(_ error: any Error) -> HTTPTransport.Failure {
        let (isSent, head) = state.withLockedValue { ($0.isSent, $0.head) }
        let kind: HTTPTransport.Failure.Kind
        let reason: String
        switch error as? HTTPClientError {
        case _ where error is TooLarge: (kind, reason) = (.tooLarge, "the answer is too large")
        case .cancelled?: (kind, reason) = (.cancelled, "cancelled")
        case .deadlineExceeded?, .readTimeout?: (kind, reason) = (.timedOut, "no answer in time")
        case _ where !isSent: (kind, reason) = (.notSent, "\(error)")
        default: (kind, reason) = (.cut, "\(error)")
        }
        return HTTPTransport.Failure(
            kind: kind, mayHaveBeenSent: isSent, reason: reason,
            head: head.map {
                HTTPTransport.Response(status: Int($0.status.code), headers: $0.headers, body: [])
            })
    }
}
