import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Shakes hands by TLS and closes again, to see what certificates a server shows and whether they are to be trusted.
///
/// Beside the bridge's own connections: those say that a handshake failed, and nothing of a certificate that is good and
/// soon will not be.
struct TLSProbe: Sendable {
    let host: String
    let port: Int
    /// The name that the certificate must have.
    let serverName: String
    /// PEM; the system's authorities if nil.
    let caFile: String?
    var certificateFile: String?
    var keyFile: String?
    var limit: Duration = .seconds(5)

    struct Seen: Sendable {
        let chain: [CertificateAdvice.Validity]
        let verdict: CertificateAdvice.Verdict
    }

    /// - Returns: nil where the server cannot be reached, or speaks no TLS; others say that.
    /// - Throws: where a file cannot be read.
    func look() async throws -> Seen? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let caFile { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(caFile)) }
        if let certificateFile {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: keyFile ?? certificateFile, format: .pem))
        }
        let context = try NIOSSLContext(configuration: configuration)
        guard let chain = await shownChain(context) else { return nil }
        return Seen(chain: chain, verdict: await verdict(context))
    }

    /// What is shown, whatever it is worth.
    private func shownChain(_ context: NIOSSLContext) async -> [CertificateAdvice.Validity]? {
        let shown = MultiThreadedEventLoopGroup.singleton.next().makePromise(
            of: [CertificateAdvice.Validity].self)
        do {
            try await shakeHands {
                try NIOSSLClientHandler(context: context, serverHostname: indication) {
                    certificates, promise in
                    shown.succeed(
                        certificates.map {
                            .init(begins: Int64($0.notValidBefore), ends: Int64($0.notValidAfter))
                        })
                    promise.succeed(.certificateVerified)
                }
            }
        } catch {
            // A server that wants a certificate of ours has shown its own before it says so.
            shown.fail(error)
        }
        return try? await shown.futureResult.get()
    }

    private func verdict(_ context: NIOSSLContext) async -> CertificateAdvice.Verdict {
        do {
            try await shakeHands { try NIOSSLClientHandler(context: context, serverHostname: indication) }
            return .trusted
        } catch let error as NIOSSLExtraError where error == .failedToValidateHostname {
            return .otherName
        } catch {
            return "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? .untrusted : .unclear("\(error)")
        }
    }

    /// An address cannot be indicated; the certificate is held against that of the connection then.
    private var indication: String? {
        (try? SocketAddress(ipAddress: serverName, port: port)) == nil ? serverName : nil
    }

    private func shakeHands(_ handler: @escaping @Sendable () throws -> NIOSSLClientHandler) async throws {
        let bound = TimeAmount.nanoseconds(
            limit.components.seconds * 1_000_000_000 + limit.components.attoseconds / 1_000_000_000)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: Void.self)
        let timeout = loop.scheduleTask(in: bound) { done.fail(ChannelError.connectTimeout(bound)) }
        ClientBootstrap(group: loop)
            .connectTimeout(bound)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([handler(), HandshakeWatch(done)])
                }
            }
            .connect(host: host, port: port)
            .whenFailure { done.fail($0) }
        defer { timeout.cancel() }
        try await done.futureResult.get()
    }
}

/// Tells how the handshake ended, and ends the connection.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            done.succeed()
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { done.fail(ChannelError.eof) }
}
