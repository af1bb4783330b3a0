import Foundation
import TestSupport

/// Certificates made by openssl for a test: a CA, a broker and a client that it vouches for, and another CA.
struct Certificates: Sendable {
    let directory: String

    var ca: String { directory + "/ca.pem" }
    var otherCA: String { directory + "/other.pem" }

    func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }

    func key(_ name: String) -> String { "\(directory)/\(name).key" }

    static func make() async throws -> Certificates {
        let directory = FileManager.default.temporaryDirectory.appending(path: uniqueName("certificates"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let certificates = Certificates(directory: directory.path)
        try await certificates.makeCA("ca")
        try await certificates.makeCA("other")
        try await certificates.issue("broker", names: "DNS:broker.example,IP:127.0.0.1")
        try await certificates.issue("client", names: "DNS:client.example")
        return certificates
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func makeCA(_ name: String) async throws {
        let files = ["-keyout", key(name), "-out", certificate(name)]
        try await run(
            "/usr/bin/openssl", ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)"] + Self.newKey + files)
    }

    private func issue(_ name: String, names: String) async throws {
        let request = "\(directory)/\(name).csr"
        let extensions = "\(directory)/\(name).ext"
        try "subjectAltName=\(names)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        try await run(
            "/usr/bin/openssl",
            ["req", "-subj", "/CN=\(name)", "-keyout", key(name), "-out", request] + Self.newKey)
        try await run(
            "/usr/bin/openssl",
            [
                "x509", "-req", "-days", "2", "-in", request, "-CA", ca, "-CAkey", key("ca"),
                "-CAcreateserial",
                "-extfile", extensions, "-out", certificate(name),
            ])
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)  // In the temporary directory it harms nobody.
    }
}

/// The broker that suites may hurt, one at a time; it speaks TLS too, and knows users by their certificates.
enum OwnNode {
    struct Node: Sendable {
        let broker: PrivateBroker
        let certificates: Certificates
    }

    static var node: Node {
        get async throws { try await starting.value }
    }

    private static let starting = Task {
        let certificates = try await Certificates.make()
        let configuration = """
            listeners.ssl.1 = 127.0.0.1:@TLS_PORT@
            ssl_options.cacertfile = \(certificates.ca)
            ssl_options.certfile = \(certificates.certificate("broker"))
            ssl_options.keyfile = \(certificates.key("broker"))
            ssl_options.verify = verify_peer
            ssl_options.fail_if_no_peer_cert = false
            auth_mechanisms.1 = PLAIN
            auth_mechanisms.2 = EXTERNAL
            ssl_cert_login_from = common_name
            """
        let broker = try await PrivateBroker.start(
            configuration: configuration, plugins: ["rabbitmq_auth_mechanism_ssl"])
        return Node(broker: broker, certificates: certificates)
    }
}
