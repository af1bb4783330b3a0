import AMQP
import Bridge
import GWS
import Testing

@testable import gws_bridge

/// What the configuration comes to for the bridge.
@Suite struct BridgeConfigurationTests {
    private let least = """
        amqp.url: amqp://bridge:secret@broker/voice
        gws.url: http://gws:8080
        agent: "5001"
        agent-password: secret

        """

    @Test func `the least that must be said is enough`() throws {
        let configuration = try Settings(yaml: least).bridgeConfiguration()
        #expect(configuration.prefix == "gws")
        #expect(!configuration.instance.isEmpty)
        #expect(
            configuration.broker.endpoints == [
                Broker.Endpoint(host: "broker", user: "bridge", password: "secret", virtualHost: "voice")
            ])
        #expect(configuration.broker.mechanism == .plain)
        #expect(configuration.broker.tls == nil)
        #expect(configuration.broker.heartbeat == .seconds(10))
        #expect(configuration.server.url == "http://gws:8080")
        #expect(
            configuration.agents == [
                AgentConfiguration(AgentCredentials(agent: "5001", userName: "5001", password: "secret"))
            ])
        #expect(configuration.subscriptions == BridgeConfiguration.defaultSubscriptions)
        #expect(configuration.commands.confirms)
        #expect(configuration.commands.confirmWithin == .seconds(5))
        #expect(configuration.permissions == Permissions())
        #expect(!configuration.events.cloudEvents)
        #expect(configuration.events.stream == nil)
        #expect(configuration.events.alternateExchange == nil)
        #expect(configuration.shutdownTimeout == .seconds(20))
        #expect(configuration.store.directory?.hasSuffix("/gws-bridge-store") == true)
        #expect(configuration.store.keepsLedger)
        #expect(configuration.store.ledgerAge == .seconds(24 * 3600))
        #expect(configuration.store.ledgerCount == 1_000_000)
        #expect(configuration.store.spoolSize == 1 << 30)
        #expect(configuration.store.spoolAge == .seconds(24 * 3600))
        #expect(configuration.store.durability == .process)
    }

    @Test func `every key arrives`() throws {
        let yaml = """
            prefix: voice
            instance: one
            amqp:
              url: [amqps://a, amqps://b]
              heartbeat: 7s
              topology: check
              mechanism: external
              tls: {ca-file: /ca.pem, certificate-file: /c.pem, key-file: /k.pem, server-name: broker}
            gws:
              url: https://gws/base
              connect-timeout: 1s
              request-timeout: 250ms
              subscriptions: [/v2/me/*]
              acknowledge: false
              login-rate: 5
              tls.ca-file: /gws.pem
            agent: "5001"
            agent-password: secret
            commands: {shards: 8, prefetch: 10, concurrency: 3, lifetime: 2m, delivery-limit: 4, confirm: off,
              confirm-within: 3s}
            operations.allow-unknown: [A, B]
            permissions: {default: deny, rules: [{user: desk, operations: Hold, agents: "*"}]}
            events: {cloud-events: true, alternate-exchange: unheard,
              stream: {enabled: true, max-age: 36h, max-size: 64MiB}}
            store: {directory: kept, ledger: off, ledger-age: 2h, ledger-count: 5, spool-size: 3MiB,
              spool-age: 4h, durability: power}
            shutdown.timeout: 3s
            """
        let configuration = try Settings(yaml: yaml).bridgeConfiguration()
        #expect(configuration.prefix == "voice")
        #expect(configuration.instance == "one")
        #expect(configuration.broker.endpoints.map(\.host) == ["a", "b"])
        #expect(configuration.broker.heartbeat == .seconds(7))
        #expect(configuration.broker.mechanism == .external)
        #expect(
            configuration.broker.tls
                == Broker.TLS(
                    caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem", serverName: "broker"))
        #expect(configuration.topology == .check)
        #expect(
            try configuration.server
                == GWSServer(
                    url: "https://gws/base", connectTimeout: .seconds(1), requestTimeout: .milliseconds(250),
                    caFile: "/gws.pem", loginRate: 5))
        #expect(configuration.subscriptions == ["/v2/me/*"])
        #expect(!configuration.acknowledge)
        #expect(configuration.commands.shards == 8)
        #expect(configuration.commands.prefetch == 10)
        #expect(configuration.commands.concurrency == 3)
        #expect(configuration.commands.lifetime == .seconds(120))
        #expect(configuration.commands.deliveryLimit == 4)
        #expect(!configuration.commands.confirms)
        #expect(configuration.commands.confirmWithin == .seconds(3))
        #expect(
            configuration.permissions
                == Permissions(
                    allowsByDefault: false,
                    rules: [.init(users: ["desk"], operations: ["Hold"], agents: ["*"])]))
        #expect(configuration.allowedUnknownOperations == ["A", "B"])
        #expect(configuration.events.cloudEvents)
        #expect(configuration.events.stream?.maxAge == .seconds(36 * 3600))
        #expect(configuration.events.stream?.maxSize == 64 << 20)
        #expect(configuration.events.alternateExchange == "unheard")
        #expect(configuration.shutdownTimeout == .seconds(3))
        #expect(configuration.store.directory == "/etc/bridge/kept")
        #expect(!configuration.store.keepsLedger)
        #expect(configuration.store.ledgerAge == .seconds(7200))
        #expect(configuration.store.ledgerCount == 5)
        #expect(configuration.store.spoolSize == 3 << 20)
        #expect(configuration.store.spoolAge == .seconds(4 * 3600))
        #expect(configuration.store.durability == .power)
    }

    @Test(arguments: [
        ("", "amqp.url: is not set; give the broker, like amqp://user:password@host:5672/vhost"),
        ("amqp.url: amqp://b", "gws.url: is not set; give GWS, like http://host:8080"),
        (
            "amqp.url: amqp://b\ngws.url: http://g",
            "agent: is not set; give one agent by agent and agent-password-file, or agents-file"
        ),
        (
            "amqp.url: amqp://b\ngws.url: http://g\nagent: a",
            "agent-password-file: is not set, nor is agent-password"
        ),
        (
            "amqp.url: amqp://b\ngws.url: http://g\nagent: a\nagents-file: f",
            "/etc/bridge/bridge.yaml:3: agent: is set beside agents-file; give one of them"
        ),
        (
            "amqp.url: amqp://b\ngws.url: http://g\nagent: a\nagent-password: p\nagent-password-file: f",
            "/etc/bridge/bridge.yaml:4: agent-password: is set beside agent-password-file; give one of them"
        ),
        (
            "amqp.url: amqp://b\ngws.url: http://g\nagent: a\nagent-password-file: not-there",
            "/etc/bridge/not-there: cannot be read; is it there, and may this user read it?"
        ),
        (
            "amqp.url: amqps://b",
            "amqp.tls.ca-file: is not set; amqps needs to know which authorities to trust"
        ),
        (
            "amqp: {url: 'amqps://b', tls: {ca-file: c, key-file: k}}",
            "amqp.tls.certificate-file, amqp.tls.key-file: one is set without the other"
        ),
        (
            "amqp: {url: 'amqp://b', tls: {ca-file: c}}",
            "/etc/bridge/bridge.yaml:1: amqp.tls.ca-file: is set, but no amqp.url begins with amqps://"
        ),
        (
            "amqp.url: amqp://b\ngws.url: http://g\nagent: a\nagent-password: p\n"
                + "events.alternate-exchange: gws.commands",
            "/etc/bridge/bridge.yaml:5: events.alternate-exchange: gws.commands is the bridge's own; "
                + "give an exchange of yours"
        ),
        (
            "amqp: {url: 'amqp://b', mechanism: external}",
            "/etc/bridge/bridge.yaml:1: amqp.mechanism: external needs amqps and amqp.tls.certificate-file: "
                + "the certificate says who we are"
        ),
    ])
    func `what is missing or contradicts itself is refused`(yaml: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try Settings(yaml: yaml).bridgeConfiguration() }
    }

    @Test func `a password in an address that makes no sense is not shown`() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Settings(yaml: "amqp.url: amqp://u:s3cret@host:99999/").bridgeConfiguration()
        }
        #expect(!error.description.contains("s3cret"))
    }

    @Test(arguments: [
        (AMQPError.authenticationRefused(text: "403"), CommandFailure.Code.notPermitted),
        (.channelClosed(code: 403, text: "", method: nil), .notPermitted),
        (.virtualHostRefused(text: ""), .configuration), (.tls(reason: ""), .configuration),
        (.channelClosed(code: 406, text: "inequivalent arg", method: nil), .configuration),
        (.unreachable(endpoint: "", reason: ""), .unavailable), (.timedOut(operation: ""), .unavailable),
        (.invalidMessage(reason: ""), .software),
    ])
    func `an error of the broker has its exit code`(error: AMQPError, code: CommandFailure.Code) {
        #expect(CommandFailure(error, names: "gws.*").code == code)
    }
}
