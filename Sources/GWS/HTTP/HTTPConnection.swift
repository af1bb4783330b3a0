internal import NIOCore
internal import NIOHTTP1

/// One connection, that carries one request after another, each when the answer to the one before has come. Belongs to
/// the loop.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: HTTPServerAddress
    private unowned let pool: HTTPConnectionPool
    private var context: ChannelHandlerContext?
    private var exchange: HTTPExchange?
    private var parser = ResponseParser(limit: 0)
    private var buffer = ByteBuffer()
    /// When the request's time is over, or one that is idle is closed.
    private var deadline = NIODeadline.distantFuture
    /// When it is looked at next: a timer is set rarely, not for each request.
    private var looksAt = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var error: (any Error)?

    init(server: HTTPServerAddress, pool: HTTPConnectionPool) {
        self.server = server
        self.pool = pool
    }

    func carries(_ exchange: HTTPExchange) -> Bool { self.exchange === exchange }

    /// Sends it. The connection is open, and idle.
    func begin(_ exchange: HTTPExchange) {
        guard let context else { return exchange.fail(.notSent, "the connection is closed") }
        self.exchange = exchange
        exchange.connection = self
        parser = ResponseParser(limit: exchange.request.responseLimit)
        watch(exchange.deadline, context)
        buffer.clear()
        buffer.write(exchange.request, to: server)
        exchange.isSent = true
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// It waits for the next request, for so long at most.
    func rest(for duration: TimeAmount) {
        guard let context else { return }
        watch(.now() + duration, context)
    }

    func close() { context?.close(promise: nil) }

    /// What it carries has failed, and it with that.
    func fail(_ kind: HTTPTransport.Failure.Kind, _ reason: String) {
        let failed = exchange
        exchange = nil
        failed?.fail(kind, reason, head: parser.head)
        close()
    }

    // MARK: - What comes

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange else { return close() }
        var bytes = unwrapInboundIn(data)
        do {
            try parser.take(&bytes)
        } catch let malformed as ResponseParser.Malformed {
            return fail(.cut, "the answer cannot be read: \(malformed.reason)")
        } catch {
            return fail(.tooLarge, "the answer is too large")
        }
        if parser.isDone { finish(exchange) }
    }

    private func finish(_ exchange: HTTPExchange) {
        self.exchange = nil
        let parser = parser
        // A connection that is idle keeps no answer.
        self.parser = ResponseParser(limit: 0)
        if parser.keepsConnection { pool.isIdle(self) } else { close() }
        guard let head = parser.head else { return exchange.fail(.cut, "there was no answer") }
        exchange.end(
            .success(HTTPTransport.Response(status: head.status, headers: head.headers, body: parser.body)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = self.error ?? error
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // There is no half of a connection here: who says no more is not asked any more.
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
        timer = nil
        pool.hasClosed(self)
        guard let exchange else { return }
        parser.end()
        if parser.isDone { return finish(exchange) }
        self.exchange = nil
        exchange.fail(.cut, error.map { "\($0)" } ?? "the connection was closed", head: parser.head)
    }

    // MARK: - Time

    private func watch(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        self.deadline = deadline
        guard deadline < looksAt else { return }
        timer?.cancel()
        look(at: deadline, context)
    }

    private func look(at time: NIODeadline, _ context: ChannelHandlerContext) {
        looksAt = time
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.look() }
    }

    private func look() {
        guard let context else { return }
        if deadline > .now() { return look(at: deadline, context) }
        looksAt = .distantFuture
        if exchange == nil { close() } else { fail(.timedOut, "no answer in time") }
    }
}

extension ByteBuffer {
    /// The request as it goes out, in one piece.
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
