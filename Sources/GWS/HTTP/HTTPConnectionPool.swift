internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// Where connections go to.
struct HTTPServerAddress: Sendable {
    let host: String
    let port: Int
    /// As the `Host` header names it.
    let authority: String
    /// Of all requests, encoded.
    let basePath: String
    /// Nil for a server without TLS.
    let tls: NIOSSLContext?
    let connectTimeout: TimeAmount
}

extension HTTPServerAddress {
    /// - Throws: `GWSError.invalidServer` where the certificates to trust cannot be read.
    init(_ server: GWSServer) throws(GWSError) {
        guard let parts = URLComponents(string: server.url), let host = parts.host else {
            throw .invalidServer("the address of GWS must be of the form http(s)://host:port")
        }
        let isSecured = parts.scheme?.lowercased() == "https"
        // Foundation leaves the brackets of an IPv6 address on.
        self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
        port = parts.port ?? (isSecured ? 443 : 80)
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        authority = parts.port.map { "\(name):\($0)" } ?? name
        basePath = server.basePath
        connectTimeout = TimeAmount(server.connectTimeout)
        tls = isSecured ? try Self.context(trusting: server.caFile) : nil
    }

    private static func context(trusting file: String?) throws(GWSError) -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        do {
            if let file { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file)) }
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw .invalidServer(file.map { "no certificates in \($0)" } ?? "TLS cannot be set up: \(error)")
        }
    }
}

/// The connections of one kind to one server. Nothing ever waits for one: where none is idle, another is opened, and what
/// is not needed goes by its idle time. Belongs to the loop.
final class HTTPConnectionPool {
    /// GWS's Jetty closes what was idle for 30 s (idleTimeout in its sample configuration). Be first: a request into a
    /// connection that is being closed has an unknown outcome.
    private static let idleTime = TimeAmount.seconds(20)

    private let loop: any EventLoop
    private let server: HTTPServerAddress
    /// Used last, taken first.
    private var idle: [HTTPConnection] = []
    private var open: [ObjectIdentifier: HTTPConnection] = [:]
    /// For which a connection is being opened.
    private var opening: [ObjectIdentifier: HTTPExchange] = [:]
    private var isShutDown = false

    init(loop: any EventLoop, server: HTTPServerAddress) {
        self.loop = loop
        self.server = server
    }

    func send(_ exchange: HTTPExchange) {
        guard !isShutDown else { return exchange.fail(.cancelled, "nothing is sent any more") }
        if let connection = idle.popLast() { connection.begin(exchange) } else { connect(for: exchange) }
    }

    func isIdle(_ connection: HTTPConnection) {
        guard !isShutDown, open[ObjectIdentifier(connection)] != nil else { return connection.close() }
        connection.rest(for: Self.idleTime)
        idle.append(connection)
    }

    func hasClosed(_ connection: HTTPConnection) {
        open[ObjectIdentifier(connection)] = nil
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    /// What is under way fails.
    func shutDown() {
        isShutDown = true
        for exchange in opening.values { exchange.fail(.cancelled, "cancelled") }
        for connection in open.values { connection.fail(.cancelled, "cancelled") }
    }

    // MARK: - Opening

    private func connect(for exchange: HTTPExchange) {
        opening[ObjectIdentifier(exchange)] = exchange
        let loop = loop.assumeIsolated()
        let limit = min(exchange.deadline, .now() + server.connectTimeout)
        exchange.timer = loop.scheduleTask(deadline: limit) {
            exchange.fail(.notSent, "no connection in time")
        }
        let connection = HTTPConnection(server: server, pool: self)
        let ready = self.loop.makePromise(of: Void.self)
        let bound = NIOLoopBound(connection, eventLoop: self.loop)
        let tls = server.tls
        let host = server.host
        ClientBootstrap(group: self.loop)
            .connectTimeout(server.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // An answer mostly comes in one piece: to look for more at once is a system call for nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: host.asName))
                    }
                    try pipeline.addHandler(Opening(ready: ready, isSecured: tls != nil))
                    try pipeline.addHandler(bound.value)
                }
            }
            .connect(host: host, port: server.port)
            .assumeIsolated()
            .whenFailure { ready.fail($0) }
        ready.futureResult.assumeIsolated().whenComplete { result in
            self.opening[ObjectIdentifier(exchange)] = nil
            switch result {
            case .failure(let error): exchange.fail(.notSent, "\(error)")
            case .success: self.hasOpened(connection, for: exchange)
            }
        }
    }

    private func hasOpened(_ connection: HTTPConnection, for exchange: HTTPExchange) {
        open[ObjectIdentifier(connection)] = connection
        if isShutDown { return connection.close() }
        exchange.timer?.cancel()
        exchange.timer = nil
        // Its time may be over, or nobody may wait for it any more.
        if exchange.hasEnded { isIdle(connection) } else { connection.begin(exchange) }
    }
}

/// Tells when a connection may be used: with TLS, when the server has shown who it is. Then it goes.
private final class Opening: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var ready: EventLoopPromise<Void>?
    private let isSecured: Bool
    private var error: (any Error)?

    init(ready: EventLoopPromise<Void>, isSecured: Bool) {
        self.ready = ready
        self.isSecured = isSecured
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecured { succeed(context) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { succeed(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = self.error ?? error
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ready?.fail(error ?? ChannelError.eof)
        ready = nil
        context.fireChannelInactive()
    }

    private func succeed(_ context: ChannelHandlerContext) {
        ready?.succeed()
        ready = nil
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

extension String {
    /// Nil for an IP address, which is no name that a server could be told, or a certificate has to bear.
    fileprivate var asName: String? { (try? SocketAddress(ipAddress: self, port: 0)) == nil ? self : nil }
}
