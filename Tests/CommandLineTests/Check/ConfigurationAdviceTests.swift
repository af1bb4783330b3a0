import AMQP
import Bridge
import GWS
import Testing

@testable import gws_bridge

@Suite struct ConfigurationAdviceTests {
    private func findings(
        broker: String = "amqp://localhost", gws: String = "http://127.0.0.1:8080",
        _ change: (inout BridgeConfiguration) -> Void = { _ in }
    ) throws -> [Finding] {
        let agents = ["5001", "5002"].map {
            AgentConfiguration(AgentCredentials(agent: $0, userName: $0, password: "secret"))
        }
        var configuration = BridgeConfiguration(
            instance: "test", broker: try Broker(urls: [broker]), server: try GWSServer(url: gws),
            agents: agents)
        change(&configuration)
        return ConfigurationAdvice(configuration: configuration).findings
    }

    private func expect(
        _ findings: [Finding], remedy key: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(findings.map(\.status) == [.warning], "\(findings)", sourceLocation: sourceLocation)
        #expect(findings.first?.remedy?.contains(key) == true, "\(findings)", sourceLocation: sourceLocation)
    }

    @Test func `the defaults are well`() throws {
        #expect(try findings().map(\.status) == [.ok])
        #expect(try findings(broker: "amqp://[::1]", gws: "http://[::1]:80").map(\.status) == [.ok])
        #expect(try findings(gws: "https://gws.example").map(\.status) == [.ok])
    }

    @Test func `passwords that leave the machine unencrypted`() throws {
        expect(try findings(broker: "amqp://broker.example"), remedy: "amqps://")
        expect(try findings(gws: "http://gws.example"), remedy: "https://")
    }

    @Test func `a heartbeat that commands do not live to see`() throws {
        expect(try findings { $0.broker.heartbeat = .seconds(40) }, remedy: "amqp.heartbeat")
    }

    @Test func `a request that takes as long as a command lives`() throws {
        let found = try findings {
            $0.server.requestTimeout = .seconds(60)
            $0.shutdownTimeout = .seconds(90)
        }
        expect(found, remedy: "gws.request-timeout")
    }

    @Test func `a stop that does not wait for the answer`() throws {
        expect(try findings { $0.shutdownTimeout = .seconds(2) }, remedy: "shutdown.timeout")
    }

    @Test func `subscriptions without calls`() throws {
        expect(try findings { $0.subscriptions = ["/v2/me/devices"] }, remedy: "gws.subscriptions")
        #expect(try findings { $0.subscriptions = ["/v2/me/calls"] }.map(\.status) == [.ok])
    }

    @Test func `two agents that are one user`() throws {
        let found = try findings {
            $0.agents.append(
                AgentConfiguration(AgentCredentials(agent: "b", userName: "5001", password: "p")))
        }
        expect(found, remedy: "agents-file")
        #expect(found.first?.message.contains("5001, b") == true)
    }

    @Test func `every mistake is told`() throws {
        let found = try findings(broker: "amqp://broker.example", gws: "http://gws.example")
        #expect(found.count == 2)
    }
}
