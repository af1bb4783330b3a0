import AMQP
import Bridge
import Foundation
import GWS
import NIOSSL

/// The certificates of broker and GWS, and our own.
struct TLSCheck: Sendable {
    let configuration: BridgeConfiguration

    /// - Parameter now: Unix seconds.
    func findings(now: Int64) async -> [Finding] {
        var findings: [Finding?] = []
        for endpoint in configuration.broker.endpoints where endpoint.usesTLS {
            findings.append(await broker(endpoint, now: now))
        }
        findings.append(clientCertificate(now: now))
        findings.append(await gws(now: now))
        return findings.compactMap(\.self)
    }

    private func broker(_ endpoint: Broker.Endpoint, now: Int64) async -> Finding? {
        guard let tls = configuration.broker.tls else { return nil }
        let probe = TLSProbe(
            host: endpoint.host, port: endpoint.port, serverName: tls.serverName ?? endpoint.host,
            caFile: tls.caFile, certificateFile: tls.certificateFile, keyFile: tls.keyFile,
            limit: configuration.broker.connectTimeout)
        return await finding(
            "tls amqp", "\(endpoint.host):\(endpoint.port)", probe, now: now,
            remedies: .init(
                authority: "Name in amqp.tls.ca-file a PEM file with the authority that issued it.",
                name: "Name the host in amqp.url as the certificate does, or set amqp.tls.server-name.",
                renewal: "Renew the broker's certificate, and those that it shows with it."))
    }

    private func gws(now: Int64) async -> Finding? {
        guard let url = URLComponents(string: configuration.server.url), url.scheme?.lowercased() == "https",
            let host = url.host
        else { return nil }
        let name = host.trimmingCharacters(in: ["[", "]"])
        let port = url.port ?? 443
        let probe = TLSProbe(
            host: name, port: port, serverName: name, caFile: configuration.server.caFile,
            limit: configuration.server.connectTimeout)
        return await finding(
            "tls gws", "\(host):\(port)", probe, now: now,
            remedies: .init(
                authority: "Name in gws.tls.ca-file a PEM file with the authority that issued it.",
                name: "Name the host in gws.url as the certificate does.",
                renewal: "Renew GWS's certificate, and those that it shows with it."))
    }

    private func finding(
        _ name: String, _ owner: String, _ probe: TLSProbe, now: Int64, remedies: CertificateAdvice.Remedies
    ) async -> Finding? {
        do {
            guard let seen = try await probe.look() else { return nil }
            return CertificateAdvice(
                name: name, owner: owner, chain: seen.chain, verdict: seen.verdict, remedies: remedies
            ).finding(now: now)
        } catch {
            return Finding(
                name, .failure, "the certificates in the files cannot be read: \(error)",
                remedy: name == "tls gws"
                    ? "See gws.tls.ca-file." : "See amqp.tls.ca-file, certificate-file and key-file.")
        }
    }

    private func clientCertificate(now: Int64) -> Finding? {
        guard let file = configuration.broker.tls?.certificateFile else { return nil }
        let key = "amqp.tls.certificate-file"
        let renewal = "Renew the certificate in \(key)."
        do {
            return CertificateAdvice(
                name: "tls client", owner: file,
                chain: try NIOSSLCertificate.fromPEMFile(file).map {
                    .init(begins: Int64($0.notValidBefore), ends: Int64($0.notValidAfter))
                },
                verdict: .trusted,
                remedies: .init(
                    authority: "Name in \(key) a PEM file with a certificate.", name: renewal,
                    renewal: renewal)
            ).finding(now: now)
        } catch {
            return Finding(
                "tls client", .failure, "\(file) cannot be read: \(error)",
                remedy: "Name in \(key) a PEM file with a certificate.")
        }
    }
}
