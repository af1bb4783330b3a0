import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    struct KillTests {
        @Test(.timeLimit(.minutes(5)))
        func
            `every command ends in exactly one final outcome and none is done twice though the bridge is killed again and again`()
            async throws
        {
            let seed = UInt64.random(in: 0 ... .max)
            let agents = (5001...5005).map(String.init)
            try await ProcessStage.run(
                agents: agents,
                settings: [
                    "commands.confirm-within": "1s", "commands.delivery-limit": "1000",
                    "commands.lifetime": "5m", "gws.login-rate": "1000",
                    // Of what a bridge has and has not noted yet when it is killed, nobody can tell that it was not sent.
                    "commands.prefetch": "100",
                ], hearing: ["outcomes", "dead-letters"]
            ) { stage in
                let calls = try await stage.scene.calls(20, of: agents)
                let campaign = Campaign(5_000, over: calls, on: stage.scene)
                let kills = try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask {
                        try await campaign.send()
                        return 0
                    }
                    group.addTask { try await Self.keepKilling(stage, campaign, seed) }
                    return try await group.reduce(0, +)
                }
                let totals = try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 0.75)
                try await campaign.checkOrder()
                #expect(kills >= 5)
                print("seed \(seed): killed \(kills) times; \(totals)")
            }
        }

        /// After some progress each, now and then while it starts.
        private static func keepKilling(_ stage: ProcessStage, _ campaign: Campaign, _ seed: UInt64)
            async throws -> Int
        {
            var chance = Chance(seed: seed)
            let finals = stage.client.finals
            var kills = 0
            while !campaign.haveAllEnded {
                let some = min(finals.count + .random(in: 50...600, using: &chance), campaign.orders.count)
                try await eventually(within: .seconds(90), "\(some) commands have ended") {
                    finals.count >= some
                }
                for _ in 0..<(Bool.random(using: &chance) ? 1 : 2) where !campaign.haveAllEnded {
                    try await ContinuousClock().sleep(
                        for: .milliseconds(.random(in: 0...700, using: &chance)))
                    try await stage.bridge.kill()
                    try stage.bridge.start()
                    kills += 1
                }
            }
            return kills
        }
    }
}
