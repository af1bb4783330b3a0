import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    /// Stopped as an operator does it, and started again.
    struct RestartTests {
        @Test(.timeLimit(.minutes(4)))
        func
            `no command ends as unknown though the bridge is stopped while many are under way and more come`()
            async throws
        {
            let agents = (5001...5003).map(String.init)
            try await ProcessStage.run(
                agents: agents,
                settings: [
                    "commands.prefetch": "1500", "commands.delivery-limit": "1000", "commands.lifetime": "5m",
                    "shutdown.timeout": "3s",
                ], hearing: ["outcomes", "dead-letters"]
            ) { stage in
                let calls = try await stage.scene.calls(10, of: agents)
                let campaign = Campaign(1_500, over: calls, on: stage.scene)
                await stage.simulator.inject(
                    Fault(.delayUpTo(.milliseconds(200)), method: "POST", path: "/me/calls/", times: nil))
                try await withThrowingTaskGroup { group in
                    group.addTask { try await campaign.send() }
                    group.addTask { try await Self.restart(stage, campaign) }
                    try await group.waitForAll()
                }
                try await campaign.whenAllEnded(within: .seconds(120))
                print(try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 0.99))
                try await campaign.checkOrder()
                let unknown = stage.client.finals.all.filter { $0.value.contains { $0.outcome == "unknown" } }
                #expect(unknown.isEmpty)
            }
        }

        private static func restart(_ stage: ProcessStage, _ campaign: Campaign) async throws {
            for quarter in 1...3 {
                try await eventually(within: .seconds(90), "\(quarter) of four quarters have ended") {
                    stage.client.finals.count >= campaign.orders.count * quarter / 4
                }
                let ended = try await stage.bridge.stop()
                #expect(ended?.code == 0, "\(ended?.error ?? "")")
                try stage.bridge.start()
                try await stage.bridge.whenReady()
            }
        }
    }
}
