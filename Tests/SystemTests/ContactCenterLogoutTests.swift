import AMQP
import Bridge
import GWS
import GWSSimulator
import TestSupport
import Testing

/// Whom the bridge logs out at the contact centre when it leaves GWS, and who stays logged in for the session that
/// follows.
struct ContactCenterLogoutTests {
    @Test func `an agent who is removed is logged out`() async throws {
        var site = SimulatorConfiguration()
        site.agents[1].isLoggedIn = false
        try await Stage.run(simulator: site) { configuration in
            configuration.agents = [.sample("5001"), .sample("5002", login: .start(ContactCenterOptions()))]
        } _: { stage in
            stage.bridge.serve([.sample("5001")])
            try await eventually(within: .seconds(10), "the agent is logged out") {
                await stage.requests().contains {
                    $0.agent == "5002" && $0.body.contains("EndContactCenterSession")
                }
            }
        }
    }

    @Test func `an agent is logged out in time, though GWS does not answer the goodbye`() async throws {
        try await Stage.run(simulator: .loggedOut) { configuration in
            configuration.agents = [.sample("5001", login: .startOnPlace)]
            configuration.shutdownTimeout = .seconds(4)
            configuration.server.requestTimeout = .seconds(15)
        } _: { stage in
            await stage.simulator.inject(
                Fault(.hang, method: "POST", path: "/notifications", body: "/meta/disconnect", times: nil))
        } afterStop: { stage in
            let requests = await stage.requests()
            #expect(requests.contains { $0.body.contains("/meta/disconnect") })
            #expect(requests.last?.body == #"{"operationName":"EndContactCenterSession"}"#)
            #expect(await stage.simulator.notifications().last?.data.contains("LoggedOut") == true)
        }
    }

    // MARK: - Changed twice while the first session is being left

    /// Changes the password, and the agents once more before GWS has let go of the first session.
    private func changingTwice(
        to agents: [AgentConfiguration], _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await Stage.runLoggingIn { stage in
            await stage.simulator.inject(Fault(.delay(.milliseconds(1500)), body: "/meta/disconnect"))
            try await stage.simulator.changePassword(of: "5001", to: "new")
            stage.bridge.serve([.sample("5001", password: "new", login: .startOnPlace)])
            _ = try await stage.client.sessionEvent("Ended", of: "5001")
            stage.bridge.serve(agents)
            try await eventually(within: .seconds(10), "the agent is logged out") {
                await stage.logouts() == 1
            }
            try await body(stage)
        }
    }

    @Test func `an agent who is removed while it begins anew is logged out`() async throws {
        try await changingTwice(to: []) { stage in #expect(await stage.logins() == 1) }
    }

    @Test func `an agent who is to be observed while it begins anew is logged out`() async throws {
        try await changingTwice(to: [.sample("5001", password: "new")]) { stage in
            try await stage.newEpochs(1)
            #expect(await stage.logins() == 1)
        }
    }

    @Test func `an agent whose place changes while it begins anew is logged in there`() async throws {
        let login = AgentConfiguration.Login.start(ContactCenterOptions(place: "OTHER"))
        try await changingTwice(to: [.sample("5001", password: "new", login: login)]) { stage in
            try await eventually(within: .seconds(10), "it is logged in on the other place") {
                await stage.requests().contains { $0.body.contains("\"place\":\"OTHER\"") }
            }
        }
    }

    @Test func `an agent whose password changed stays logged in meanwhile`() async throws {
        try await Stage.runLoggingIn { stage in
            try await stage.simulator.changePassword(of: "5001", to: "new")
            stage.bridge.serve([.sample("5001", password: "new", login: .startOnPlace)])
            try await stage.newEpochs(1)
            _ = try await stage.establishedCall()
            #expect(await stage.logins() == 1)
            #expect(await !stage.requests().contains { $0.body.contains("EndContactCenterSession") })
        } afterStop: { stage in
            #expect(await stage.requests().last?.body.contains("EndContactCenterSession") == true)
        }
    }
}
