import AMQP
import Bridge
import GWSSimulator
import TestSupport
import Testing

/// Links that are up, and by which nothing comes.
@Suite(.timeLimit(.minutes(3)))
struct CanaryTests {
    @Test func `what is confirmed and does not come back ends both connections, and the bridge works on`()
        async throws
    {
        try await Stage.run {
            $0.watchesClosely()
        } _: { stage in
            let call = try await stage.establishedCall()
            let policy = uniqueName("policy")
            // Whatever is published to it is answered, and dropped.
            try await stage.node.control(
                "set_policy", "--apply-to", "queues", policy, "^\(stage.prefix)\\.canary\\.",
                #"{"max-length":0,"overflow":"reject-publish"}"#)
            try await eventually(within: .seconds(30), "it is missed") { stage.alarms(.message) > 0 }
            #expect(
                stage.bridge.readiness.reasons.contains(
                    "What the bridge sends to itself by the broker does not come back."))
            try await stage.node.control("clear_policy", policy)
            try await eventually(within: .seconds(60), "all is well") { stage.bridge.readiness.isReady }
            #expect(stage.reconnects >= 2)
            let command = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
        }
    }

    @Test func `a frozen link without heartbeats is found, and the bridge works on`() async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        try await Stage.run(on: node) {
            $0.watchesClosely()
            $0.broker = node.broker(port: link.port)
            $0.broker.heartbeat = .zero
            $0.broker.connectTimeout = .seconds(3)
        } _: { stage in
            let call = try await stage.establishedCall()
            link.freeze()
            try await eventually(within: .seconds(30), "it is found") { stage.alarms(.confirm) > 0 }
            link.thaw()
            try await eventually(within: .seconds(30), "all is well") { stage.bridge.readiness.isReady }
            // What the broker gives to the link that it has not missed yet nobody can tell the way of.
            try await node.whenConsumed("\(stage.prefix).commands", by: 1)
            let command = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
        }
    }

    @Test func `a broker that takes no messages for an alarm is waited for`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node) {
            $0.watchesClosely()
        } _: { stage in
            try await node.control("set_vm_memory_high_watermark", "0.00001")
            try await eventually(within: .seconds(20), "the broker blocks it") {
                stage.bridge.readiness.reasons.contains { $0.hasPrefix("The broker has blocked publishing") }
            }
            // More than thrice what is waited for a canary.
            try await ContinuousClock().sleep(for: .seconds(7))
            try await node.control("set_vm_memory_high_watermark", "0.4")
            try await eventually(within: .seconds(20), "all is well") { stage.bridge.readiness.isReady }
            #expect(stage.reconnects == 0)
            #expect(stage.alarms(.confirm) + stage.alarms(.message) == 0)
        }
    }

    @Test func `a broker that was stopped and started gives no alarm`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node) {
            $0.watchesClosely()
        } _: { stage in
            try await node.stop()
            try await node.start()
            try await eventually(within: .seconds(30), "all is well") { stage.bridge.readiness.isReady }
            #expect(stage.reconnects >= 2)
            #expect(stage.alarms(.confirm) + stage.alarms(.message) == 0)
        }
    }

    @Test func `a bridge is not ready while the broker has confirmed nothing of late`() async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        try await Stage.run(on: node) {
            $0.canary.interval = .seconds(1)
            $0.canary.patience = .seconds(60)
            $0.broker = node.broker(port: link.port)
            $0.broker.heartbeat = .seconds(60)
        } _: { stage in
            link.freeze()
            try await eventually(within: .seconds(20), "it is not ready") {
                stage.bridge.readiness.reasons == [
                    "The broker has confirmed nothing for more than \(Duration.seconds(3))."
                ]
            }
            link.thaw()
            try await eventually(within: .seconds(20), "it is ready") { stage.bridge.readiness.isReady }
            #expect(stage.reconnects == 0)
        }
    }

    @Test func `its queue is nobody else's, and another on each connection`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node) { stage in
            let first = try await stage.canaries()
            #expect(first.count == 1)
            try await node.control("close_all_connections", "maintenance")
            try await eventually(within: .seconds(30), "there is another") {
                let now = try await stage.canaries()
                return now.count == 1 && now != first
            }
            #expect(first.allSatisfy { $0.hasSuffix("\ttrue") })
        }
    }

    @Test func `a user without permission for its queue does without, and only confirms are watched`()
        async throws
    {
        try await Self.runAsUser(configuring: "\\.(commands|events|outcomes|dead-letters)") { stage in
            #expect(try await stage.canaries().isEmpty)
            // Without confirms it would not be ready by then.
            try await ContinuousClock().sleep(for: .seconds(5))
            #expect(stage.bridge.readiness.reasons == [])
            #expect(stage.reconnects == 0)
            let call = try await stage.establishedCall()
            let command = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
        }
    }

    @Test
    func `a user who may not publish by the default exchange loses one connection over it, and no more`()
        async throws
    {
        try await Self.runAsUser(writing: "^gws-") { stage in
            try await eventually(within: .seconds(20), "the connection is there again") {
                stage.reconnects == 1 && stage.bridge.readiness.isReady
            }
            let call = try await stage.simulator.ring(agent: "5001")
            _ = try await stage.client.event("the call rings") {
                $0.properties.headers["gws-call-id"]?.string == call
            }
            try await ContinuousClock().sleep(for: .seconds(5))
            #expect(stage.bridge.readiness.reasons == [])
            #expect(stage.reconnects == 1)
        }
    }

    /// - Parameters:
    ///   - configuring: what the bridge's user may configure, an expression of the broker's.
    ///   - writing: and what it may write to.
    private static func runAsUser(
        configuring: String = ".*", writing: String = ".*", _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let node = try await PrivateBroker.shared
        let user = uniqueName("bridge")
        try await node.control("add_user", user, "secret")
        try await node.control("set_permissions", user, configuring, writing, ".*")
        try await Stage.run(
            on: node,
            configure: {
                $0.watchesClosely()
                $0.broker.endpoints[0].user = user
                $0.broker.endpoints[0].password = "secret"
            }, body)
        try await node.control("delete_user", user)
    }

    @Test func `a process that stood still while one was out gives no alarm`() async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        let port = try FreePort.next()
        try await ProcessStage.run(
            on: node,
            settings: [
                "amqp.url": "amqp://guest:guest@127.0.0.1:\(link.port)", "amqp.heartbeat": "60s",
                "console.port": "\(port)",
            ]
        ) { stage in
            let metrics = "http://127.0.0.1:\(port)/metrics"
            func reads(_ line: String) async throws -> Bool {
                try await TestSupport.run("/usr/bin/curl", ["-sf", metrics]).split(separator: "\n").contains {
                    $0 == "gws_bridge_\(line)"
                }
            }
            link.freeze()
            try await eventually(within: .seconds(30), "one is out") { try await reads("amqp_unconfirmed 1") }
            stage.bridge.suspend()
            // Longer than one is waited for.
            try await ContinuousClock().sleep(for: .seconds(15))
            link.thaw()
            stage.bridge.resume()
            try await eventually(within: .seconds(30), "it is back") { try await reads("amqp_unconfirmed 0") }
            try await stage.bridge.whenReady()
            #expect(try await reads("amqp_reconnects_total 0"))
        }
    }
}

extension BridgeConfiguration {
    /// So that a test sees in seconds what takes ten times as long.
    fileprivate mutating func watchesClosely() {
        canary.interval = .seconds(1)
        canary.patience = .seconds(2)
    }
}

extension Stage {
    fileprivate var reconnects: Int64 { count("amqp_reconnects_total") }

    fileprivate func alarms(_ missing: Vigil.Missing) -> Int64 {
        count("canary_failures_total", [("missing", missing.rawValue)])
    }

    /// The queues that it comes back by, and whether each is exclusive.
    fileprivate func canaries() async throws -> [String] {
        try await node.control("list_queues", "name", "exclusive").split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("\(prefix).canary.") }
    }
}
