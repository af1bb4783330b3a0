internal import FoundationEssentials
internal import NIOCore
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

    /// Nil for an IP address, which is no name that a server could be told, or a certificate has to bear.
    var name: String? { (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil }
}

extension HTTPServerAddress {
    /// - Throws: `GWSError.invalidServer` where the certificates to trust cannot be read.
    init(_ server: GWSServer) throws(GWSError) {
        guard let parts = URLComponents(string: server.url), let host = parts.host else {
            throw GWSServer.malformed
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
