import NIOCore
import NIOPosix
import NIOSSL

/// A port on loopback behind which something else listens: it may speak TLS with a certificate of the test's choice, and
/// may change what is answered.
enum Relay {
    /// - Parameters:
    ///   - certificate: PEM files of certificate and key; without TLS if nil.
    ///   - rewriting: is given each answer as it comes, as text.
    static func with<Result>(
        to port: Int, certificate: (file: String, key: String)? = nil,
        rewriting: (@Sendable (String) -> String)? = nil, _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let context = try certificate.map {
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile($0.file).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: $0.key, format: .pem))))
        }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        RelayFront(port: port, rewriting: rewriting))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(listener.localAddress?.port ?? 0)
            try await listener.close()
            return result
        } catch {
            try await listener.close()
            throw error
        }
    }
}

/// The side of who connects.
private final class RelayFront: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let port: Int
    private let rewriting: (@Sendable (String) -> String)?
    private var back: (any Channel)?
    private var waiting: [ByteBuffer] = []

    init(port: Int, rewriting: (@Sendable (String) -> String)?) {
        self.port = port
        self.rewriting = rewriting
    }

    func channelActive(context: ChannelHandlerContext) {
        let front = context.channel
        let rewriting = rewriting
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        RelayBack(front: front, rewriting: rewriting))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .assumeIsolated()
            .whenComplete { result in
                guard case .success(let channel) = result else { return front.close(promise: nil) }
                self.back = channel
                for buffer in self.waiting { channel.writeAndFlush(buffer, promise: nil) }
                self.waiting = []
                if !front.isActive { channel.close(promise: nil) }
            }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        guard let back else { return waiting.append(buffer) }
        back.writeAndFlush(buffer, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { back?.close(promise: nil) }

    /// Who does not trust the certificate says so.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The side of who is connected to.
private final class RelayBack: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let front: any Channel
    private let rewriting: (@Sendable (String) -> String)?

    init(front: any Channel, rewriting: (@Sendable (String) -> String)?) {
        self.front = front
        self.rewriting = rewriting
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if let rewriting { buffer = ByteBuffer(string: rewriting(String(buffer: buffer))) }
        front.writeAndFlush(buffer, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { front.close(promise: nil) }
}
