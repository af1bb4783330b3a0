import TestSupport

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
        try await certificates.issue("broker", names: "DNS:broker.example,IP:127.0.0.1")
        try await certificates.issue("client", names: "DNS:client.example")
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
