internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

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
    /// Where requests are written, one after another: there are thousands of connections.
    private var buffer = ByteBuffer()

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

    /// The request as it goes out, in one piece.
    func bytes(of request: HTTPTransport.Request) -> ByteBuffer {
        if buffer.capacity > Self.largestKept { buffer = ByteBuffer() }
        // What is still on its way out keeps its bytes: the next request gets others, of as many.
        buffer.clear()
        buffer.write(request, to: server)
        return buffer
    }

    /// Bytes of a request whose room is kept for the next.
    private static let largestKept = 4 << 10

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
                            NIOSSLClientHandler(context: tls, serverHostname: server.name))
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

extension ByteBuffer {
    fileprivate mutating func write(_ request: HTTPTransport.Request, to server: HTTPServerAddress) {
        writeString(request.method.rawValue)
        writeStaticString(" ")
        writeString(server.basePath)
        writeString(request.path)
        writeStaticString(" HTTP/1.1\r\nHost: ")
        writeString(server.authority)
        writeStaticString("\r\n")
        for (name, value) in request.headers {
            writeString(name)
            writeStaticString(": ")
            writeString(value)
            writeStaticString("\r\n")
        }
        if let body = request.body {
            writeStaticString("Content-Length: ")
            writeString(String(body.count))
            writeStaticString("\r\n\r\n")
            writeBytes(body)
        } else {
            writeStaticString("\r\n")
        }
    }
}
