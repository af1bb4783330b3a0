import AMQP
import TestSupport
import Testing

@Suite struct OpeningTests {
    private func failure(_ broker: Broker) async throws -> AMQPError? {
        try await amqpError { try await withConnection(to: broker) { _ in } }
    }

    @Test func `the broker says who it is, and the first endpoint that answers is taken`() async throws {
        let node = try await PrivateBroker.shared
        var broker = node.broker()
        broker.endpoints.insert(.init(host: "127.0.0.1", port: 1), at: 0)
        broker.endpoints.insert(.init(host: "no-such-host.invalid"), at: 1)
        try await withConnection(to: broker) { connection in
            #expect(connection.server.product == "RabbitMQ")
            #expect(connection.server.version.split(separator: ".").count == 3)
            #expect(connection.server.clusterName.hasPrefix("private"))
            #expect(connection.server.capabilities.contains("consumer_cancel_notify"))
            #expect(connection.server.endpoint.port == node.port)
        }
    }

    @Test func `operators see the connection's name`() async throws {
        let name = uniqueName("named")
        try await withConnection(name: name) { _ in
            let listed = try await PrivateBroker.shared.control("list_connections", "client_properties")
            #expect(listed.contains(name))
            #expect(listed.contains("\"connection.blocked\",true"))
        }
    }

    @Test func `nobody there is told with every endpoint, and is worth trying again`() async throws {
        let broker = Broker(endpoints: [
            .init(host: "127.0.0.1", port: 1), .init(host: "no-such-host.invalid", port: 2),
        ])
        let error = try await failure(broker)
        guard case .unreachable(let endpoint, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(endpoint == "amqp://guest@127.0.0.1:1/, amqp://guest@no-such-host.invalid:2/")
        #expect(reason.contains("hostname lookup failed"))
        #expect(error?.remedy == .tryAgain)
    }

    @Test func `a wrong password is refused`() async throws {
        var broker = try await PrivateBroker.shared.broker()
        broker.endpoints[0].password = "wrong"
        let error = try await failure(broker)
        guard case .authenticationRefused(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("ACCESS_REFUSED"))
        #expect(error?.remedy == .changeConfiguration)
    }

    @Test func `a wrong password counts more than another endpoint that is away`() async throws {
        var broker = try await PrivateBroker.shared.broker()
        broker.endpoints[0].password = "wrong"
        broker.endpoints.append(.init(host: "127.0.0.1", port: 1))
        guard case .authenticationRefused = try await failure(broker) else {
            Issue.record("another error")
            return
        }
    }

    @Test func `a virtual host that is not there is refused`() async throws {
        let broker = try await PrivateBroker.shared.broker(virtualHost: "missing")
        let error = try await failure(broker)
        guard case .virtualHostRefused(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("missing"))
        #expect(error?.remedy == .changeConfiguration)
    }

    @Test func `a user without permissions is told which`() async throws {
        let node = try await PrivateBroker.shared
        let user = uniqueName("user")
        try await node.control("add_user", user, "p:@/ß")
        var broker = node.broker()
        broker.endpoints[0].user = user
        broker.endpoints[0].password = "p:@/ß"
        guard case .virtualHostRefused = try await failure(broker) else {
            Issue.record("no access to the virtual host was not told")
            return
        }
        try await node.control("set_permissions", user, "^$", "^$", "^$")
        let error = try await amqpError {
            try await withConnection(to: broker) { connection in
                _ = try await connection.declare(Queue(name: "not-mine"))
            }
        }
        guard case .channelClosed(403, let text, "queue.declare") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains("not-mine"))
        #expect(error?.remedy == .changeConfiguration)
        try await node.control("delete_user", user)
    }

    @Test func `a peer that accepts and is silent is given up in time`() async throws {
        let link = try FrozenLink(to: 1)
        link.freeze()
        let node = try await PrivateBroker.shared
        let silent = try FrozenLink(to: node.port)
        silent.freeze()
        var broker = node.broker(port: silent.port)
        broker.connectTimeout = .milliseconds(500)
        let began = ContinuousClock.now
        guard case .unreachable = try await failure(broker) else {
            Issue.record("another error")
            return
        }
        #expect(.now - began < .seconds(5))
    }

    @Test func `cancelling the task ends the connecting`() async throws {
        let node = try await PrivateBroker.shared
        let silent = try FrozenLink(to: node.port)
        silent.freeze()
        let broker = node.broker(port: silent.port)
        let task = Task { try await failure(broker) }
        task.cancel()
        #expect(try await task.value == .cancelled)
    }

    @Test func `a peer that does not speak AMQP is told`() async throws {
        let peer = try ScriptedPeer { connection in
            connection.write(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        }
        let error = try await failure(Broker(endpoints: [.init(host: "127.0.0.1", port: peer.port)]))
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `settings that C would cut short are refused`() async throws {
        for endpoint: Broker.Endpoint in [
            .init(host: "127.0.0.1\0.evil"), .init(host: "h", user: "a\0"), .init(host: "h", password: "a\0"),
            .init(host: "h", virtualHost: "\0"),
            .init(host: "h", virtualHost: String(repeating: "v", count: 256)),
            .init(host: "h", usesTLS: true),
        ] {
            guard case .invalidBroker = try await failure(Broker(endpoints: [endpoint])) else {
                Issue.record("\(endpoint) was not refused")
                return
            }
        }
    }

    @Test func `200 connections opened and closed leave no descriptor behind`() async throws {
        let broker = try await PrivateBroker.shared.broker()
        let before = try descriptors()
        try await withThrowingTaskGroup { group in
            for worker in 0..<10 {
                group.addTask {
                    for number in 0..<20 {
                        try await withConnection(to: broker, name: "leak \(worker).\(number)") { connection in
                            let queue = try await connection.temporaryQueue()
                            #expect(await connection.publish(.to(queue)) == .confirmed)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Other tests run at the same time, each with a few; every connection had four.
        try await eventually(within: .seconds(20), "the descriptors are closed") {
            try descriptors() < before + 100
        }
    }
}
