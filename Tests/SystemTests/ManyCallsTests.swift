import Bridge
import GWS
import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    struct ManyCallsTests {
        @Test(.timeLimit(.minutes(5)))
        func
            `of 500 calls each has its commands done in the order in which they were sent, side by side, and a slow one holds up no other`()
            async throws
        {
            let seed = UInt64.random(in: 0 ... .max)
            let agents = (5001...5005).map(String.init)
            var site = SimulatorConfiguration()
            site.seed = seed
            site.journalByteLimit = 256 << 20
            try await Stage.run(simulator: site, agents: agents, hearing: ["outcomes", "dead-letters"]) {
                $0.commands.concurrency = 40
                $0.commands.lifetime = .seconds(240)
                $0.server.requestTimeout = .seconds(240)
            } _: { stage in
                let calls = try await stage.scene.calls(100, of: agents)
                let campaign = Campaign(10_000, over: calls, on: stage.scene)
                let slow = campaign.orders.filter { $0.call.id == calls[7].id }
                for fault in [
                    Fault(.park, method: "POST", path: calls[7].id),
                    Fault(
                        .answer(status: 503, body: "", contentType: nil), method: "POST",
                        path: "/me/calls/", times: nil, probability: 0.02),
                    Fault(
                        .delayUpTo(.milliseconds(30)), method: "POST", path: "/me/calls/", times: nil,
                        probability: 0.5),
                ] { await stage.simulator.inject(fault) }
                try await campaign.send()
                try await eventually(within: .seconds(180), "all but the slow call's have ended") {
                    stage.client.finals.count == campaign.orders.count - slow.count
                }
                #expect(await stage.simulator.parkedCount == 1)
                await stage.simulator.releaseParked()
                try await campaign.whenAllEnded(within: .seconds(60))

                let totals = try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 1)
                try await campaign.checkOrder()
                let posted = await stage.scene.operations().filter { $0.path.contains("/me/calls/") }
                #expect(posted.count >= campaign.orders.count)
                let sideBySide = posted.map(\.operationsUnderWay).max() ?? 0
                #expect((2...40).contains(sideBySide))
                print("seed \(seed): \(sideBySide) at a time; \(totals)")
            }
        }
    }
}
