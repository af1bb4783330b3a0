import AMQP
import Bridge
import GWS
import Testing

@testable import gws_bridge

@Suite struct BrokerAdviceTests {
    private func advice(
        _ version: String, product: String = "RabbitMQ", frameMax: Int = 131_072,
        heartbeat: Duration = .seconds(10), topology: BridgeConfiguration.Topology = .declare,
        shards: Int = 1
    ) throws -> BrokerAdvice {
        var configuration = BridgeConfiguration(
            instance: "test", broker: Broker(endpoints: [.init(host: "localhost")]),
            server: try GWSServer(url: "http://localhost"), agents: [])
        configuration.topology = topology
        configuration.commands.shards = shards
        return BrokerAdvice(
            product: product, version: version, endpoint: .init(host: "localhost"), frameMax: frameMax,
            heartbeat: heartbeat, configuration: configuration)
    }

    private func note(_ version: String) throws -> String {
        let findings = try advice(version, topology: .check).findings
        return try #require(findings.first { $0.name == "queues of others" }).message
    }

    @Test(arguments: [
        ("3.10.8", BrokerVersion(3, 10, 8)), ("4.1", BrokerVersion(4, 1)),
        ("4.0.0-rc.1", BrokerVersion(4, 0)),
        ("4.2.1+1.g0a1b", BrokerVersion(4, 2, 1)), ("10.0.0", BrokerVersion(10, 0)),
    ])
    func `versions are read`(text: String, version: BrokerVersion) { #expect(BrokerVersion(text) == version) }

    @Test(arguments: ["", "4", "none", "x.1.2", "4.x"])
    func `what is no version is none`(text: String) { #expect(BrokerVersion(text) == nil) }

    @Test func `versions are in the order of their numbers`() {
        #expect(BrokerVersion(3, 9, 27) < BrokerVersion(3, 10))
        #expect(BrokerVersion(3, 13, 7) < BrokerVersion(4, 0))
    }

    @Test(arguments: ["3.10.0", "3.10.8", "3.12.14", "3.13.7", "4.0.9", "4.1.4", "4.2.0", "4.3.1", "4.4.0"])
    func `what the bridge declares is safe on all that are known`(version: String) throws {
        #expect(try advice(version).findings.allSatisfy { $0.status == .ok })
    }

    @Test(arguments: [("3.10.8", "came first"), ("3.13.7", "came first"), ("4.0.0", "priorities")])
    func `who gets which shard is told`(version: String, word: String) throws {
        let found = try #require(try advice(version, shards: 4).findings.first { $0.name == "shards" })
        #expect(found.status == .ok)
        #expect(found.message.hasPrefix("4") && found.message.contains(word))
        #expect(try !advice(version).findings.contains { $0.name == "shards" })
    }

    @Test(arguments: ["3.9.27", "3.8.0"])
    func `an older one is a warning`(version: String) throws {
        let found = try advice(version).findings[0]
        #expect(found.status == .warning && found.remedy?.contains("Upgrade RabbitMQ") == true)
    }

    @Test func `a newer one is told`() throws {
        #expect(try advice("4.4.0").findings[0].message.hasSuffix("newer than what is known here"))
        #expect(try !advice("4.3.9").findings[0].message.contains("newer"))
    }

    @Test func `another product is a warning`() throws {
        #expect(try advice("2.0.0", product: "LavinMQ").findings[0].status == .warning)
        #expect(try advice("2.0.0", product: "LavinMQ").known == nil)
    }

    @Test(arguments: [("3.10.8", true), ("3.13.7", true), ("4.0.0", false), ("4.3.0", false)])
    func `a limit of -1 loses before 4`(version: String, loses: Bool) throws {
        #expect(try note(version).contains("-1 loses a command") == loses)
        #expect(try note(version).contains("circle for ever") != loses)
        #expect(try note(version).contains("without x-delivery-limit") == loses)
    }

    @Test(arguments: [("3.10.8", false), ("4.2.3", false), ("4.3.0", true)])
    func `retries are delayed from 4_3 on`(version: String, delays: Bool) throws {
        #expect(try note(version).contains("x-delayed-retry-… has no effect") != delays)
    }

    @Test(arguments: [("3.13.7", false), ("4.0.0", true)])
    func `priorities have an effect from 4 on`(version: String, honours: Bool) throws {
        #expect(try note(version).contains("priorities have no effect") != honours)
    }

    @Test(arguments: [("3.10.8", false), ("4.2.0", false), ("4.3.0", true)])
    func `who keeps a message too long loses the channel, or the consumer`(version: String, cancels: Bool)
        throws
    {
        let found = try #require(try advice(version).findings.first { $0.name == "consumer timeout" })
        #expect(found.message.contains("cancels the consumer") == cancels)
        #expect(found.message.contains("15 min"))
    }

    @Test(arguments: [(131_072, Finding.Status.ok), (73_728, .ok), (73_727, .warning), (4096, .warning)])
    func `frames must hold what a dead letter says`(frameMax: Int, status: Finding.Status) throws {
        let found = try #require(
            try advice("3.10.8", frameMax: frameMax).findings.first { $0.name == "broker frames" })
        #expect(found.status == status)
        #expect(found.message.contains("4.1") == (frameMax < 8192))
    }

    @Test(arguments: [(0, Finding.Status.warning), (2, .warning), (5, .ok), (10, .ok)])
    func `heartbeats are neither none nor too many`(seconds: Int, status: Finding.Status) throws {
        let found = try advice("3.10.8", heartbeat: .seconds(seconds)).findings
        #expect(found.first { $0.name == "broker heartbeat" }?.status == status)
    }

    @Test func `queues are of others only where the bridge does not declare`() throws {
        #expect(try !advice("3.10.8").findings.contains { $0.name == "queues of others" })
        let none = try advice("3.10.8", topology: .none).findings.last
        #expect(none?.message.hasSuffix("were not looked at, as amqp.topology is none") == true)
    }
}
