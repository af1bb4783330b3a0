import AMQP
import Bridge
import GWS
import Logging
import TestSupport
import Testing

/// What no waiting mends ends the bridge with a sentence and a code of its own.
struct FailureTests {
    private func failure(_ configure: (PrivateBroker, inout BridgeConfiguration) async throws -> Void)
        async throws
        -> BridgeFailure?
    {
        let node = try await PrivateBroker.shared
        var configuration = try BridgeConfiguration(
            instance: "failing", broker: node.broker(), server: GWSServer(url: "http://127.0.0.1:9"),
            agents: [AgentConfiguration(AgentCredentials(agent: "5001", userName: "5001", password: "5001"))])
        configuration.prefix = uniqueName("failing")
        configuration.shutdownTimeout = .seconds(1)
        try await configure(node, &configuration)
        let bridge = try Bridge(configuration: configuration, logger: .silent)
        return try await within(.seconds(20), "the bridge gives up") {
            do {
                try await bridge.run()
                return nil
            } catch let failure as BridgeFailure {
                return failure
            }
        }
    }

    @Test func `a wrong password`() async throws {
        let failure = try await failure { _, configuration in
            for index in configuration.broker.endpoints.indices {
                configuration.broker.endpoints[index].password = "wrong-secret"
            }
        }
        #expect(failure?.exitCode == 77)
        #expect(failure?.description.contains("amqp.url") == true)
        #expect(failure?.description.contains("wrong-secret") == false)
    }

    @Test func `a virtual host that is not there`() async throws {
        let failure = try await failure { _, configuration in
            for index in configuration.broker.endpoints.indices {
                configuration.broker.endpoints[index].virtualHost = "nowhere"
            }
        }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("virtual host") == true)
    }

    @Test func `a user without permission`() async throws {
        let user = uniqueName("reader")
        let failure = try await failure { node, configuration in
            _ = try await node.control("add_user", user, "secret")
            _ = try await node.control("set_permissions", user, "^$", "^$", ".*")
            for index in configuration.broker.endpoints.indices {
                configuration.broker.endpoints[index].user = user
                configuration.broker.endpoints[index].password = "secret"
            }
        }
        #expect(failure?.exitCode == 77)
        #expect(failure?.description.contains("permission") == true)
    }

    @Test func `a queue with other arguments`() async throws {
        let failure = try await failure { node, configuration in
            let name = "\(configuration.prefix).commands"
            try await AMQPConnection.withConnection(to: node.broker(), name: "first", logger: .silent) {
                _ = try await $0.declare(Queue(name: name))
            }
        }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("delete it") == true)
    }

    @Test func `a topology that is only checked and is not there`() async throws {
        let failure = try await failure { _, configuration in configuration.topology = .check }
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.contains("declare") == true)
    }
}
