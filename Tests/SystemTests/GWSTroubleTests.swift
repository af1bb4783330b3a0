import Bridge
import GWS
import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    struct GWSTroubleTests {
        @Test(.timeLimit(.minutes(5)))
        func
            `every command ends in exactly one final outcome and none is done twice though GWS cuts connections, answers late, fails and restarts`()
            async throws
        {
            let seed = UInt64.random(in: 0 ... .max)
            let agents = (5001...5005).map(String.init)
            var site = SimulatorConfiguration()
            site.seed = seed
            site.port = try FreePort.next()
            let link = try FrozenLink(to: site.port)
            let server = try GWSServer(
                url: "http://127.0.0.1:\(link.port)", requestTimeout: .milliseconds(700), loginRate: 1000)
            try await Stage.run(simulator: site, agents: agents, hearing: ["outcomes", "dead-letters"]) {
                $0.server = server
                $0.commands.confirmWithin = .milliseconds(700)
                $0.commands.lifetime = .seconds(120)
            } _: { stage in
                let calls = try await stage.scene.calls(20, of: agents)
                let campaign = Campaign(5_000, over: calls, on: stage.scene)
                for fault in Self.troubles { await stage.simulator.inject(fault) }
                try await withThrowingTaskGroup { group in
                    group.addTask { try await campaign.send() }
                    group.addTask { try await Self.restart(link, stage, campaign) }
                    try await group.waitForAll()
                }
                try await campaign.whenAllEnded(within: .seconds(150))
                let totals = try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 0.9)
                try await campaign.checkOrder()
                print("seed \(seed): \(totals)")
            }
        }

        /// As if GWS was restarted, twice: it is not there, and then it knows nobody.
        private static func restart(_ link: FrozenLink, _ stage: Stage, _ campaign: Campaign) async throws {
            for third in 1...2 {
                try await eventually(within: .seconds(90), "\(third) of three thirds have ended") {
                    stage.client.finals.count >= campaign.orders.count * third / 3
                }
                link.refuse()
                await stage.simulator.restart()
                try await ContinuousClock().sleep(for: .milliseconds(500))
                try link.admit()
            }
        }

        private static let troubles = [
            trouble(.cut, chance: 0.01), trouble(.cut, .after, chance: 0.01),
            trouble(.half, .after, chance: 0.01),
            trouble(.hang, chance: 0.003), trouble(.delay(.milliseconds(1100)), .after, chance: 0.01),
            trouble(.delayUpTo(.milliseconds(50)), chance: 0.2),
            answer(500, "<html>Oops</html>", .before, chance: 0.01),
            answer(500, "<html>Oops</html>", .after, chance: 0.01),
            trouble(.refusal(500, statusCode: 4, "No such thing"), chance: 0.01),
            answer(502, "", .after, chance: 0.01),
            trouble(
                .refusal(503, statusCode: 4, "Voice service is not available at this time"), chance: 0.02),
            answer(503, "", .before, chance: 0.02), trouble(.tooManyRequests, chance: 0.01),
            Fault(
                .answer(status: 503, body: "", contentType: nil), method: "GET", path: "/me/calls/",
                times: nil,
                probability: 0.1),
        ]

        private static func trouble(
            _ action: Fault.Action, _ moment: Fault.Moment = .before, chance: Double
        ) -> Fault {
            Fault(
                action, moment, method: "POST", path: "/me/calls/", times: nil, probability: chance)
        }

        private static func answer(
            _ status: Int, _ body: String, _ moment: Fault.Moment, chance: Double
        ) -> Fault {
            trouble(.answer(status: status, body: body, contentType: "text/html"), moment, chance: chance)
        }
    }
}
