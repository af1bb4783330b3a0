import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A server that answers what a test tells it to, byte for byte, for what the simulator cannot be made to do.
final class ScriptedServer: Sendable {
    enum Reply: Sendable {
        /// Status line, headers and body as they stand.
        case raw(String, closes: Bool)
        case cut
        case hang

        static func json(
            _ body: String, status: String = "200 OK", headers: [String] = [], closes: Bool = false
        ) -> Reply {
            let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
            return .raw(head.joined(separator: "\r\n") + "\r\n\r\n" + body, closes: closes)
        }

        static let accepted = json(#"{"statusCode":0}"#)
    }

    static let alwaysAccepting: @Sendable (String) -> Reply = { _ in .accepted }

    let url: String
    private let accepted: NIOLockedValueBox<(count: Int, closed: Int)>

    private init(url: String, accepted: NIOLockedValueBox<(count: Int, closed: Int)>) {
        self.url = url
        self.accepted = accepted
    }

    /// Connections that were made to it so far.
    var connections: Int { accepted.withLockedValue(\.count) }
    /// Of these, those that are not closed.
    var openConnections: Int { accepted.withLockedValue { $0.count - $0.closed } }

    /// - Parameter answer: What to say to a request, given as it came: request line, headers, body.
    static func with<Result>(
        _ answer: @escaping @Sendable (String) -> Reply, tls: NIOSSLContext? = nil,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let accepted = NIOLockedValueBox((count: 0, closed: 0))
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                accepted.withLockedValue { $0.count += 1 }
                channel.closeFuture.whenComplete { _ in accepted.withLockedValue { $0.closed += 1 } }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let origin = tls == nil ? "http://127.0.0.1" : "https://localhost"
        let server = ScriptedServer(
            url: "\(origin):\(channel.localAddress?.port ?? 0)", accepted: accepted)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: @Sendable (String) -> Reply
        private var received = ""

        init(answer: @escaping @Sendable (String) -> Reply) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            while let request = takeRequest() {
                switch answer(request) {
                case .raw(let text, let closes):
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                    if closes { context.close(promise: nil) }
                case .cut: context.close(promise: nil)
                case .hang: break
                }
            }
        }

        private func takeRequest() -> String? {
            guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
            let head = received[..<end.lowerBound]
            let length =
                head.split(separator: "\r\n").compactMap { line -> Int? in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
                    return Int(parts[1].filter(\.isNumber))
                }.first ?? 0
            let rest = received[end.upperBound...]
            guard rest.utf8.count >= length else { return nil }
            let bodyEnd = rest.utf8.index(rest.startIndex, offsetBy: length)
            let request = String(received[..<bodyEnd])
            received = String(received[bodyEnd...])
            return request
        }
    }
}
