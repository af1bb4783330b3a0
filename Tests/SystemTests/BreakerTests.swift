import AMQP
import Bridge
import Foundation
import GWSSimulator
import MetricsTestKit
import RawJSON
import TestSupport
import Testing

/// GWS is down for an agent: its commands wait, instead of each failing by itself.
struct BreakerTests {
    private static let concurrency = 5

    private static let isDown = Fault(
        .answer(status: 503, body: "", contentType: nil), method: "POST", path: "/me/calls/", agent: "5001",
        times: nil)

    /// A bridge with two agents, and GWS down for the first of them.
    private static func run(
        _ body: @escaping @Sendable (Stage, _ calls: [Campaign.Call]) async throws -> Void
    )
        async throws
    {
        var site = SimulatorConfiguration()
        site.agents = ["5001", "5002"].map { SimulatorConfiguration.Agent($0, password: $0) }
        try await Stage.run(simulator: site, agents: ["5001", "5002"], hearing: ["outcomes"]) {
            $0.commands.concurrency = concurrency
        } _: { stage in
            let calls = try await stage.scene.calls(10, of: ["5001", "5002"])
            await stage.simulator.inject(isDown)
            try await body(stage, calls)
        }
    }

    private static func open(_ stage: Stage) async throws {
        try await eventually(within: .seconds(10), "the breaker is open") {
            stage.bridge.readiness.reasons == ["GWS is not available to the commands of agent 5001."]
        }
    }

    @Test func `an agent's commands wait for its GWS while those of others go on, and all are done`()
        async throws
    {
        try await Self.run { stage, calls in
            let held = Campaign(
                40, over: calls.filter { $0.agent == "5001" }, on: stage.scene,
                operations: ["AttachUserData"])
            try await held.send()
            try await Self.open(stage)
            #expect(try stage.metrics.expectMeter("gws_bridge_breakers_open").lastValue == 1)
            let other = Campaign(
                40, over: calls.filter { $0.agent == "5002" }, on: stage.scene,
                operations: ["AttachUserData"])
            try await other.send()
            try await other.whenAllEnded(within: .seconds(20))
            let ended = stage.client.finals.all
            #expect(Set(ended.keys) == Set(other.orders.map(\.id)))

            await stage.simulator.removeFaults()
            try await eventually(within: .seconds(30), "all have ended") {
                stage.client.finals.count == held.orders.count + other.orders.count
            }
            #expect(stage.client.finals.all.values.allSatisfy { $0.map(\.outcome) == ["confirmed"] })
            try await held.checkOrder()
            #expect(stage.bridge.readiness.reasons == [])
            #expect(try stage.metrics.expectMeter("gws_bridge_breakers_open").lastValue == 0)
        }
    }

    @Test func `only one at a time is tried meanwhile, and ever more rarely`() async throws {
        try await Self.run { stage, calls in
            let held = Campaign(
                40, over: calls.filter { $0.agent == "5001" }, on: stage.scene,
                operations: ["AttachUserData"])
            try await held.send()
            // Until all that were sent at once have failed, each that has makes room for another.
            let (before, trials) = (Self.concurrency * 2 - 1, 5)
            try await eventually(within: .seconds(20), "some are tried") {
                await stage.scene.operations().count >= before + trials
            }
            let times = await stage.scene.operations().filter { $0.body.contains("AttachUserData") }
                .map(\.time).dropFirst(before).prefix(trials)
            // Half of 100 ms, of 200 ms and so on, less what the clocks make of it.
            for (number, (earlier, later)) in zip(times, times.dropFirst()).enumerated() {
                #expect(later - earlier >= (100 << number) - 20, "\(Array(times))")
            }
        }
    }

    @Test func `a command whose time passes ends, by whether it was tried`() async throws {
        try await Self.run { stage, calls in
            let mine = calls.filter { $0.agent == "5001" }
            func send(to call: Campaign.Call, lifetime: Int64?) async throws -> String {
                try await stage.client.send(
                    members: #""operationName":"AttachUserData","userData":{"a":"b"}"#, call: call.id
                ) {
                    if let lifetime {
                        $0.headers["gws-deadline"] = .int64(
                            Int64(Date.now.timeIntervalSince1970 * 1000) + lifetime)
                    }
                }
            }
            let tried = try await send(to: mine[0], lifetime: 2000)
            for call in mine[1...4] { _ = try await send(to: call, lifetime: nil) }
            try await Self.open(stage)
            let behind = try await send(to: mine[1], lifetime: 1000)

            #expect(try await stage.client.outcome(of: behind).outcome == "expired")
            #expect(try await stage.client.outcome(of: tried).outcome == "unreachable")
            #expect(stage.client.finals.count == 2)
        }
    }
}
