import TestSupport
import Testing

extension EnduranceTests {
    struct BrokerRestartTests {
        @Test(.timeLimit(.minutes(5)))
        func
            `every command ends in exactly one final outcome and none is done twice though the broker is restarted and killed`()
            async throws
        {
            let node = try await PrivateBroker.start()
            let agents = ["5001", "5002", "5003"]
            try await ProcessStage.run(
                on: node, agents: agents,
                settings: [
                    "commands.confirm-within": "1s", "commands.delivery-limit": "1000",
                    "commands.lifetime": "5m",
                ], hearing: ["outcomes", "dead-letters"]
            ) { stage in
                let calls = try await stage.scene.calls(10, of: agents)
                let campaign = Campaign(3_000, over: calls, on: stage.scene)
                try await withThrowingTaskGroup { group in
                    group.addTask { try await campaign.send() }
                    group.addTask { try await Self.hurt(node, stage, campaign) }
                    try await group.waitForAll()
                }
                try await campaign.whenAllEnded(within: .seconds(120))
                print(try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 0.95))
                try await campaign.checkOrder()
            }
        }

        /// Stops it, and later kills it, each in the middle of the traffic.
        private static func hurt(_ node: PrivateBroker, _ stage: ProcessStage, _ campaign: Campaign)
            async throws
        {
            for third in 1...2 {
                try await eventually(within: .seconds(90), "\(third) of three thirds have ended") {
                    stage.client.finals.count >= campaign.orders.count * third / 3
                }
                if third == 1 { try await node.stop() } else { try await node.kill() }
                try await node.start()
            }
        }
    }
}
