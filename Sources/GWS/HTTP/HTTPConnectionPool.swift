internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

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
        if let connection = idle.popLast() { start(exchange, on: connection) } else { connect(for: exchange) }
    }

    private func start(_ exchange: HTTPExchange, on connection: HTTPConnection) {
        if !connection.begin(exchange) { isIdle(connection) }
    }

    func isIdle(_ connection: HTTPConnection) {
        guard !isShutDown, !connection.isClosing, open[ObjectIdentifier(connection)] != nil else {
            return connection.close()
        }
        connection.rest(for: Self.idleTime)
        idle.append(connection)
    }

    /// It carries nothing any more.
    func isClosing(_ connection: HTTPConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    func hasClosed(_ connection: HTTPConnection) {
        open[ObjectIdentifier(connection)] = nil
        isClosing(connection)
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
        let limit = NIODeadline.now() + server.connectTimeout
        exchange.timer = loop.assumeIsolated().scheduleTask(deadline: min(exchange.deadline, limit)) {
            exchange.fail(.notSent, "no connection in time")
        }
        let (pool, server) = (NIOLoopBound(self, eventLoop: loop), server)
        ClientBootstrap(group: loop)
            .connectTimeout(server.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // An answer mostly comes in one piece: to look for more at once is a system call for nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            // Of several addresses more than one may be tried, each with a channel, and a handler, of its own.
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls = server.tls {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: server.host.asName))
                    }
                    try pipeline.addHandler(HTTPConnection(server: server, pool: pool.value))
                }
            }
            .connect(host: server.host, port: server.port)
            .assumeIsolated()
            .flatMapThrowing { try $0.pipeline.syncOperations.handler(type: HTTPConnection.self) }
            .whenComplete { result in
                switch result {
                case .failure(let error): self.isNotOpened(exchange, error)
                case .success(let connection):
                    // Whoever it was for may be gone: it has to be ready, or closed, all the same.
                    connection.whenReady(before: limit) { result in
                        switch result {
                        case .failure(let error): self.isNotOpened(exchange, error)
                        case .success: self.isOpened(connection, for: exchange)
                        }
                    }
                }
            }
    }

    private func isNotOpened(_ exchange: HTTPExchange, _ error: any Error) {
        opening[ObjectIdentifier(exchange)] = nil
        exchange.fail(.notSent, "\(error)")
    }

    private func isOpened(_ connection: HTTPConnection, for exchange: HTTPExchange) {
        opening[ObjectIdentifier(exchange)] = nil
        exchange.timer?.cancel()
        exchange.timer = nil
        open[ObjectIdentifier(connection)] = connection
        if isShutDown || exchange.hasEnded { isIdle(connection) } else { start(exchange, on: connection) }
    }
}

extension String {
    /// Nil for an IP address, which is no name that a server could be told, or a certificate has to bear.
    fileprivate var asName: String? { (try? SocketAddress(ipAddress: self, port: 0)) == nil ? self : nil }
}
