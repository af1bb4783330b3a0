import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// What `check` finds of certificates that openssl has made, before a real broker and a simulated GWS.
@Suite struct TLSMisconfigurationTests {
    /// A site, and a port before its broker or its GWS that shows the certificate.
    private func with(
        names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 90, before target: KeyPath<Site, Int>,
        _ body: (Site, Certificates, _ port: Int) async throws -> Void
    ) async throws {
        let certificates = try await Certificates.make()
        defer { certificates.remove() }
        try await certificates.issue("server", names: names, days: days)
        try await withSite { site in
            try await Relay.with(
                to: site[keyPath: target],
                certificate: (certificates.certificate("server"), certificates.key("server"))
            ) { port in
                try await body(site, certificates, port)
            }
        }
    }

    private func amqp(_ port: Int, ca: String) -> [String: String] {
        ["AMQP_URL": "amqps://guest:guest@127.0.0.1:\(port)", "AMQP_TLS_CA_FILE": ca]
    }

    @Test func `certificates that are good are told with their end`() async throws {
        try await with(before: \.broker.port) { site, certificates, port in
            let checked = try await site.check(amqp(port, ca: certificates.ca))
            #expect(checked.bad.isEmpty, "\(checked.bad.map(\.shown))")
            let end = Date(timeIntervalSinceNow: 90 * 86_400).formatted(.iso8601.year())
            #expect(checked.findings.contains { $0.name == "tls amqp" && $0.message.contains(end) })
        }
    }

    @Test func `a broker's certificate that has ended`() async throws {
        try await with(days: -1, before: \.broker.port) { site, certificates, port in
            let checked = try await site.check(amqp(port, ca: certificates.ca))
            checked.expect("tls amqp", .failure, remedy: "Renew the broker's certificate")
            checked.expect("broker", .failure, remedy: "amqp.tls.ca-file")
        }
    }

    @Test func `a broker's certificate that will end soon`() async throws {
        try await with(days: 7, before: \.broker.port) { site, certificates, port in
            let checked = try await site.check(amqp(port, ca: certificates.ca))
            checked.expect("tls amqp", .warning, remedy: "Renew the broker's certificate")
            #expect(checked.bad.map(\.name) == ["tls amqp"])
        }
    }

    @Test func `a broker that another authority vouches for`() async throws {
        try await with(before: \.broker.port) { site, certificates, port in
            let checked = try await site.check(amqp(port, ca: certificates.otherCA))
            checked.expect("tls amqp", .failure, remedy: "amqp.tls.ca-file")
        }
    }

    @Test func `a broker of another name`() async throws {
        try await with(names: "DNS:broker.example", before: \.broker.port) { site, certificates, port in
            let settings = amqp(port, ca: certificates.ca)
            let checked = try await site.check(settings)
            checked.expect("tls amqp", .failure, remedy: "amqp.tls.server-name", "amqp.url")
            let named = settings.merging(["AMQP_TLS_SERVER_NAME": "broker.example"]) { $1 }
            #expect(try await site.check(named).bad.isEmpty)
        }
    }

    @Test func `a client certificate that has ended`() async throws {
        try await with(before: \.broker.port) { site, certificates, port in
            try await certificates.issue("client", names: "DNS:client.example", days: -1)
            let checked = try await site.check(
                amqp(port, ca: certificates.ca).merging([
                    "AMQP_TLS_CERTIFICATE_FILE": certificates.certificate("client"),
                    "AMQP_TLS_KEY_FILE": certificates.key("client"),
                ]) { $1 })
            checked.expect("tls client", .failure, remedy: "amqp.tls.certificate-file")
        }
    }

    @Test func `a GWS that nobody who is trusted vouches for`() async throws {
        try await with(before: \.gwsPort) { site, certificates, port in
            let url = ["GWS_URL": "https://localhost:\(port)"]
            let checked = try await site.check(url)
            checked.expect("tls gws", .failure, remedy: "gws.tls.ca-file")
            let trusted = url.merging(["GWS_TLS_CA_FILE": certificates.ca]) { $1 }
            #expect(try await site.check(trusted).bad.isEmpty)
        }
    }

    @Test func `a GWS of another name`() async throws {
        try await with(names: "DNS:gws.example", before: \.gwsPort) { site, certificates, port in
            let checked = try await site.check([
                "GWS_URL": "https://localhost:\(port)", "GWS_TLS_CA_FILE": certificates.ca,
            ])
            checked.expect("tls gws", .failure, remedy: "gws.url")
        }
    }

    @Test func `a GWS whose certificate will end soon`() async throws {
        try await with(days: 7, before: \.gwsPort) { site, certificates, port in
            let checked = try await site.check([
                "GWS_URL": "https://127.0.0.1:\(port)", "GWS_TLS_CA_FILE": certificates.ca,
            ])
            checked.expect("tls gws", .warning, remedy: "Renew GWS's certificate")
            #expect(checked.bad.map(\.name) == ["tls gws"])
        }
    }
}
