import AMQP
import Foundation
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Two processes, of which one serves and the other waits.
@Suite(.timeLimit(.minutes(5)))
struct HandOverTests {
    @Test func `a spare is ready, holds no sessions, and hears what the other has done`() async throws {
        try await ProcessStage.run { stage in
            let call = try await stage.establishedCall()
            try await stage.bridge.withAnother { _ in
                #expect(await stage.logins() == 1)
                let command = try await stage.client.send("Hold", call: call)
                #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
                try await stage.killBridge(leaving: 1)
                let again = try await stage.client.send("Hold", call: call) { $0.messageID = command }
                #expect(again == command)
                let reply = try await stage.client.said(within: .seconds(20), "the duplicate is answered") {
                    $0.exchange.isEmpty && $0.properties.headers["gws-duplicate"]?.bool == true
                }
                #expect(reply.outcome == "confirmed")
                let executed = await stage.scene.operations().filter { $0.body.contains("Hold") }
                #expect(executed.count == 1)
                try await eventually(within: .seconds(20), "the spare logs in") { await stage.logins() == 2 }
                try stage.bridge.start()
                try await stage.bridge.whenReady()
            }
        }
    }

    @Test func `an agent who was logged in stays so while processes take over from each other`() async throws
    {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            "agents: [{name: '5001', password-env: PASSWORD_5001, login: start, place: SIP_5001}]\n",
            to: "agents.yaml")
        try await ProcessStage.run(simulator: .loggedOut, settings: ["agents-file": file]) { stage in
            let call = try await stage.establishedCall()
            try await stage.bridge.withAnother { other in
                #expect(try await stage.bridge.stop()?.code == 0)
                let hold = try await stage.client.send("Hold", call: call)
                #expect(try await stage.client.outcome(of: hold, within: .seconds(30)).outcome == "confirmed")
                try stage.bridge.start()
                try await stage.bridge.whenReady()
                try await other.kill()
                try await stage.scene.node.whenConsumed("\(stage.prefix).commands", by: 1)
                let retrieve = try await stage.client.send("Retrieve", call: call)
                #expect(
                    try await stage.client.outcome(of: retrieve, within: .seconds(30)).outcome == "confirmed")
                try other.start()
                try await other.whenReady()
            }
            #expect(await stage.requests(for: "StartContactCenterSession") >= 1)
            #expect(await stage.requests(for: "EndContactCenterSession") == 0)
        }
        withExtendedLifetime(directory) {}
    }
}

extension EnduranceTests {
    /// The same under load.
    @Suite(.timeLimit(.minutes(5)))
    struct HandOverTests {
        @Test func `a spare takes over from one that was killed, with a gap, and goes on`() async throws {
            try await Self.handOver("killed") { try await $0.kill() }
        }

        @Test func `one that is stopped ends its sessions before the other begins`() async throws {
            try await Self.handOver("stopped") { bridge in
                let ended = try await bridge.stop()
                #expect(ended?.code == 0)
            }
        }

        @Test func `when both lose the broker for a moment, who served goes on`() async throws {
            let node = try await PrivateBroker.start()
            try await ProcessStage.run(on: node, settings: ["amqp.heartbeat": "60s"]) { stage in
                let call = try await stage.establishedCall()
                try await stage.bridge.withAnother { _ in
                    for operation in ["Hold", "Retrieve", "Hold"] {
                        try await node.whenConsumed("\(stage.prefix).commands", by: 2)
                        // All at once.
                        try await node.kill()
                        try await node.start()
                        let command = try await stage.client.send(operation, call: call)
                        #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
                    }
                    #expect(await stage.logins() == 1)
                }
            }
        }

        /// - Parameter end: of the process that serves.
        private static func handOver(
            _ what: String, _ end: @Sendable (BridgeProcess) async throws -> Void
        ) async throws {
            try await EventStage.run { stage in
                try await stage.bridge.withAnother { _ in
                    let moment = Moment()
                    try await stage.load(after: .seconds(6)) {
                        moment.mark()
                        try await end(stage.bridge)
                    }
                    let audit = try await stage.checkThatNothingIsSilentlyMissing(
                        gaps: ["started": stage.agentCount, "taken-over": stage.agentCount], makesUp: true)
                    #expect(audit.missing.allSatisfy { $0.time > moment.time - 1000 })
                    print("\(what): \(try moment.wait(in: stage)) to the first live event; \(audit)")
                    try stage.bridge.start()
                    try await stage.bridge.whenReady()
                }
            }
        }

        @Test func `one that is cut off from the broker stops its sessions, and the other takes over`()
            async throws
        {
            try await EventStage.run(links: [.broker], settings: ["amqp.heartbeat": "2s"]) { stage in
                try await stage.bridge.withAnother(["amqp.url": stage.node.url]) { _ in
                    let moment = Moment()
                    try await stage.load(after: .seconds(12)) {
                        moment.mark()
                        stage.brokerLink.freeze()
                    }
                    print("cut off: \(try moment.wait(in: stage)) to the first live event")
                    stage.brokerLink.thaw()
                    try await stage.bridge.whenReady()
                    // What it heard until it stopped it tells now.
                    try await eventually(within: .seconds(30), "it says that it has ended") {
                        try stage.endings("not-active").count == stage.agentCount
                    }
                    // The heartbeat, twice the half second in which it looks, and what a busy machine takes.
                    let endings = try stage.endings("not-active")
                    #expect(endings.allSatisfy { $0 < moment.time + 4500 })
                    let events = stage.listener.events
                    #expect(events.count { $0.gap?.reason == "taken-over" } == stage.agentCount)
                    let live = Dictionary(grouping: events.filter(\.isLive), by: \.message.body)
                    #expect(live.values.allSatisfy { Set($0.map(\.id)).count == 1 })
                    let truth = try await stage.campaign.calls()
                    let differences = try stage.listener.picture.differences(from: truth)
                    #expect(differences.isEmpty)
                }
            }
        }

        @Test(arguments: [1, 4])
        func
            `commands go on in order, and none is done twice, while processes are killed, stopped and cut off in turns`(
                shards: Int
            ) async throws
        {
            let node = try await PrivateBroker.hurt
            let agents = (5001...5003).map(String.init)
            try await ProcessStage.run(
                on: node, agents: agents,
                settings: [
                    "commands.confirm-within": "1s", "commands.lifetime": "5m", "gws.login-rate": "1000",
                    "commands.prefetch": "100", "commands.shards": "\(shards)",
                ], hearing: ["outcomes", "dead-letters"]
            ) { stage in
                let calls = try await stage.scene.calls(10, of: agents)
                let campaign = Campaign(1500, over: calls, on: stage.scene)
                try await stage.bridge.withAnother { spare in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await campaign.send() }
                        var turn = 0
                        while !campaign.haveAllEnded, turn < 6 {
                            let some = min(stage.client.finals.count + 150, campaign.orders.count)
                            try await eventually(within: .seconds(90), "\(some) commands have ended") {
                                stage.client.finals.count >= some
                            }
                            let bridge = turn.isMultiple(of: 2) ? stage.bridge : spare
                            switch turn % 3 {
                            case 0: try await bridge.kill()
                            case 1: _ = try await bridge.stop()
                            // Whoever served goes on, with commands that were given back.
                            default: try await node.control("close_all_connections", "maintenance")
                            }
                            if turn % 3 < 2 { try bridge.start() }
                            turn += 1
                        }
                        try await group.waitForAll()
                    }
                    let totals = try await campaign.checkThatNothingIsLostOrDoneTwice(
                        confirming: 0.7, shards: shards)
                    try await campaign.checkOrder()
                    print("in turns, \(shards) shards: \(totals)")
                    try await stage.bridge.whenReady()
                }
            }
        }
    }
}

/// When something was done.
private final class Moment: @unchecked Sendable {
    private(set) var instant = ContinuousClock.now
    /// Unix milliseconds.
    private(set) var time: Int64 = 0

    func mark() {
        instant = .now
        time = Int64(Date().timeIntervalSince1970 * 1000)
    }

    /// Until the first live event of another epoch.
    func wait(in stage: EventStage) throws -> Duration {
        let events = stage.listener.events
        let before = Set(events.filter { $0.at <= instant }.map(\.epoch))
        let first = try #require(events.first { $0.isLive && !before.contains($0.epoch) })
        return first.at - instant
    }
}

extension EventStage {
    fileprivate var agentCount: Int { EventCampaign.agents.count }

    /// When sessions ended for that reason, Unix milliseconds.
    fileprivate func endings(_ reason: String) throws -> [Int64] {
        try listener.events.compactMap { event in
            guard case .ended = event.what else { return nil }
            let body = try RawJSON(event.message.body)
            return body["reason"]?.string == reason
                ? event.message.properties.headers["gws-received-at"]?.int : nil
        }
    }
}

extension ProcessStage {
    /// How often GWS was asked for it.
    fileprivate func requests(for operation: String) async -> Int {
        await simulator.journal().count { $0.body.contains(operation) }
    }

    fileprivate func logins() async -> Int {
        await simulator.requests().count { $0.path.hasSuffix("/me") && $0.method == "GET" }
    }
}
