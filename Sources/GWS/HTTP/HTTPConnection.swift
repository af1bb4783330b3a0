internal import NIOCore
internal import NIOHTTP1
internal import NIOTLS

/// One connection, that carries one request after another, each when the answer to the one before has come. Belongs to
/// the loop.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct TooSlow: Error, CustomStringConvertible {
        let description = "no connection in time"
    }

    private let server: HTTPServerAddress
    private unowned let pool: HTTPConnectionPool
    private var context: ChannelHandlerContext?
    /// Whether it may carry a request: with TLS, the server has shown who it is.
    private var isReady = false
    private(set) var isClosing = false
    private var whenReady: ((Result<Void, any Error>) -> Void)?
    private var exchange: HTTPExchange?
    private var parser = ResponseParser(limit: 0)
    private var error: (any Error)?
    /// When the request's time is over, or one that is idle is closed.
    private var deadline = NIODeadline.distantFuture
    /// When it is looked at next: a timer is set rarely, not for each request.
    private var looksAt = NIODeadline.distantFuture
    private var isOverdue = false

    init(server: HTTPServerAddress, pool: HTTPConnectionPool) {
        self.server = server
        self.pool = pool
    }

    func carries(_ exchange: HTTPExchange) -> Bool { self.exchange === exchange }

    /// Calls back once, when it may be used or never will; if that takes too long it is closed.
    func whenReady(before limit: NIODeadline, _ callback: @escaping (Result<Void, any Error>) -> Void) {
        if isReady, context != nil { return callback(.success(())) }
        guard context != nil else { return callback(.failure(error ?? ChannelError.eof)) }
        whenReady = callback
        watch(limit)
    }

    /// Sends it, if it may still be sent. The connection is ready, and idle.
    ///
    /// - Returns: whether it is sent; else it has failed, and the connection is as it was.
    func begin(_ exchange: HTTPExchange) -> Bool {
        guard let context, isReady, !isClosing else {
            exchange.fail(.notSent, "the connection is closed")
            return false
        }
        guard exchange.deadline > .now() else {
            exchange.fail(.notSent, "no connection in time")
            return false
        }
        // Asked last: it may have waited for the connection, or the process have stood still.
        guard exchange.request.mayGo() else {
            exchange.fail(.notSent, "it must not be sent any more")
            return false
        }
        guard exchange.request.isLegible else {
            exchange.fail(.notSent, "a header holds control characters")
            return false
        }
        self.exchange = exchange
        exchange.connection = self
        parser = ResponseParser(limit: exchange.request.responseLimit)
        watch(exchange.deadline)
        exchange.isSent = true
        context.writeAndFlush(wrapOutboundOut(pool.bytes(of: exchange.request)), promise: nil)
        return true
    }

    /// It waits for the next request, for so long at most.
    func rest(for duration: TimeAmount) { watch(.now() + duration) }

    /// From now on nobody uses it. With TLS it takes its time until it is closed.
    func close() {
        guard !isClosing else { return }
        isClosing = true
        pool.isClosing(self)
        context?.close(promise: nil)
    }

    /// What it carries has failed, and it with that.
    func fail(_ kind: HTTPTransport.Failure.Kind, _ reason: String) {
        let failed = exchange
        exchange = nil
        failed?.fail(kind, reason, head: parser.head)
        close()
    }

    // MARK: - What comes

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// Also of a channel that was never connected.
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        settle(.failure(error ?? ChannelError.eof))
    }

    func channelActive(context: ChannelHandlerContext) {
        if server.tls == nil { becomeReady() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { becomeReady() }
        // There is no half of a connection here: who says no more is not asked any more.
        if case .inputClosed? = event as? ChannelEvent { close() }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady() {
        isReady = true
        settle(.success(()))
    }

    private func settle(_ result: Result<Void, any Error>) {
        guard let whenReady else { return }
        self.whenReady = nil
        whenReady(result)
    }

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
        if parser.keepsConnection, !isClosing { pool.isIdle(self) } else { close() }
        guard let head = parser.head else { return exchange.fail(.cut, "there was no answer") }
        exchange.end(
            .success(HTTPTransport.Response(status: head.status, headers: head.headers, body: parser.body)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = self.error ?? error
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        pool.hasClosed(self)
        settle(.failure(error ?? ChannelError.eof))
        guard let exchange else { return }
        // What was cut off may not have been all of it.
        if error == nil { parser.end() }
        if parser.isDone { return finish(exchange) }
        self.exchange = nil
        exchange.fail(.cut, error.map { "\($0)" } ?? "the connection was closed", head: parser.head)
    }

    // MARK: - Time

    private func watch(_ deadline: NIODeadline) {
        self.deadline = deadline
        isOverdue = false
        // A later look is no harm, it finds that it is not the next any more.
        if deadline < looksAt { look(at: deadline) }
    }

    private func look(at time: NIODeadline) {
        guard let context else { return }
        looksAt = time
        context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in
            guard let self, looksAt == time else { return }
            looksAt = .distantFuture
            look()
        }
    }

    private func look() {
        guard context != nil else { return }
        if deadline > .now() { return look(at: deadline) }
        // The loop runs its timers first: an answer may lie in the socket, unread.
        if !isOverdue {
            isOverdue = true
            return look(at: .now() + .milliseconds(2))
        }
        if !isReady {
            error = error ?? TooSlow()
            settle(.failure(TooSlow()))
            close()
        } else if exchange == nil {
            close()
        } else {
            fail(.timedOut, "no answer in time")
        }
    }
}

extension HTTPTransport.Request {
    /// No header can become two, or the beginning of something else.
    fileprivate var isLegible: Bool {
        headers.allSatisfy { header in
            header.name.utf8.allSatisfy(\.isOfALine) && header.value.utf8.allSatisfy(\.isOfALine)
        }
    }
}

extension UInt8 {
    fileprivate var isOfALine: Bool { self != 0 && self != UInt8(ascii: "\r") && self != UInt8(ascii: "\n") }
}
