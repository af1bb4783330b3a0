import AMQP
import TestSupport
import Testing

/// What needs a broker of its own, one test at a time.
@Suite(.serialized) enum OwnNodeTests {}

extension OwnNodeTests {
    @Suite struct TLSTests {
        private func broker(_ node: OwnNode.Node, host: String = "127.0.0.1", port: Int? = nil) -> Broker {
            var broker = node.broker.broker()
            broker.endpoints = [.init(host: host, port: port ?? node.broker.tlsPort, usesTLS: true)]
            broker.tls = Broker.TLS(caFile: node.certificates.ca)
            return broker
        }

        private func tlsError(_ broker: Broker) async throws -> String? {
            let error = try await amqpError { try await withConnection(to: broker) { _ in } }
            guard case .tls(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return nil
            }
            #expect(error?.remedy == .changeConfiguration)
            return reason
        }

        @Test func `messages of all sizes go both ways`() async throws {
            let node = try await OwnNode.node
            try await withConnection(to: broker(node)) { connection in
                let queue = try await connection.temporaryQueue()
                let consumer = try await connection.consume(queue, prefetch: 0)
                let messages = [0, 1, 16_384, 1_000_000, 20_000_000].map { AMQPMessage.to(queue, size: $0) }
                let results = await connection.publish(messages)
                #expect(results.filter { $0 == .confirmed }.count == messages.count)
                let arrived = try await consumer.first(messages.count)
                #expect(arrived.map(\.message.body.count) == messages.map(\.body.count))
                let many = await connection.publish((0..<2000).map { .to(queue, "\($0)") })
                #expect(many.filter { $0 == .confirmed }.count == 2000)
            }
        }

        @Test func `a broker vouched for by another CA is not trusted`() async throws {
            let node = try await OwnNode.node
            var broker = broker(node)
            broker.tls?.caFile = node.certificates.otherCA
            #expect(try await tlsError(broker)?.contains("certificate") == true)
        }

        @Test func `a broker of another name is not trusted`() async throws {
            let node = try await OwnNode.node
            #expect(try await tlsError(broker(node, host: "localhost"))?.contains("ostname mismatch") == true)
            var wrong = broker(node)
            wrong.tls?.serverName = "other.example"
            #expect(try await tlsError(wrong)?.contains("ostname mismatch") == true)
        }

        @Test func `the name to check may be another than the host's`() async throws {
            let node = try await OwnNode.node
            var broker = broker(node, host: "localhost")
            broker.tls?.serverName = "broker.example"
            try await withConnection(to: broker) { #expect($0.server.product == "RabbitMQ") }
        }

        @Test func `files that are not there are named`() async throws {
            let node = try await OwnNode.node
            var broker = broker(node)
            broker.tls?.caFile = "/nowhere/ca.pem"
            #expect(try await tlsError(broker)?.contains("/nowhere/ca.pem") == true)
            broker = self.broker(node)
            broker.tls?.certificateFile = "/nowhere/client.pem"
            #expect(try await tlsError(broker)?.contains("/nowhere/client.pem") == true)
        }

        @Test func `a client is known by its certificate`() async throws {
            let node = try await OwnNode.node
            try await node.broker.control("add_user", "client", "of no use")
            try await node.broker.control("set_permissions", "client", ".*", ".*", ".*")
            var broker = broker(node)
            broker.mechanism = .external
            broker.endpoints[0].user = ""
            broker.endpoints[0].password = ""
            broker.tls?.certificateFile = node.certificates.certificate("client")
            broker.tls?.keyFile = node.certificates.key("client")
            try await withConnection(to: broker) { connection in
                let queue = try await connection.temporaryQueue()
                let message = AMQPMessage.to(queue, properties: Properties(userID: "client"))
                #expect(await connection.publish(message) == .confirmed)
            }
        }

        @Test func `a client without a certificate is refused`() async throws {
            let node = try await OwnNode.node
            var broker = broker(node)
            broker.mechanism = .external
            let error = try await amqpError { try await withConnection(to: broker) { _ in } }
            guard case .authenticationRefused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test func `a port that speaks no TLS is worth trying again`() async throws {
            let node = try await OwnNode.node
            let error = try await amqpError {
                try await withConnection(to: broker(node, port: node.broker.port)) { _ in }
            }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test func `a frozen link does not hang it`() async throws {
            let node = try await OwnNode.node
            let link = try FrozenLink(to: node.broker.tlsPort)
            var broker = broker(node, port: link.port)
            broker.heartbeat = .seconds(2)
            try await withConnection(to: broker) { connection in
                let queue = try await connection.temporaryQueue()
                link.freeze()
                let result = try await within(.seconds(30), "the result") {
                    await connection.publish(.to(queue, size: 16 << 20))
                }
                guard case .failed(let error) = result else {
                    Issue.record("\(result)")
                    return
                }
                #expect(error.remedy == .tryAgain)
            }
        }
    }
}
