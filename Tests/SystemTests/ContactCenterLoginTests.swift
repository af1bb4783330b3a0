import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Whom the bridge logs in at the contact centre, and whom it does not.
struct ContactCenterLoginTests {
    @Test func `an agent is logged in after the subscriptions, and logged out last of all`() async throws {
        try await Stage.runLoggingIn { stage in
            let requests = await stage.requests()
            let subscribe = requests.firstIndex { $0.body.contains("/meta/subscribe") }
            let connect = requests.firstIndex { $0.body.contains("/meta/connect") }
            let first = requests.firstIndex { $0.body.contains("StartContactCenterSession") }
            let login = try #require(first)
            #expect(try #require(subscribe) < login)
            #expect(try #require(connect) < login)
            #expect(
                requests[login].body
                    == #"{"operationName":"StartContactCenterSession","channels":["voice"],"place":"SIP_5001"}"#
            )
        } afterStop: { stage in
            let requests = await stage.requests()
            let leave = requests.lastIndex { $0.body.contains("/meta/disconnect") }
            #expect(requests.last?.body == #"{"operationName":"EndContactCenterSession"}"#)
            #expect(leave == requests.count - 2)
        }
    }

    @Test func `the first state of an agent who is logged in is seen`() async throws {
        var site = SimulatorConfiguration()
        site.agents[1].isLoggedIn = false
        try await Stage.run(simulator: site) { stage in
            let login = AgentConfiguration.Login.start(ContactCenterOptions())
            stage.bridge.serve([.sample("5001"), .sample("5002", login: login)])
            _ = try await stage.client.event("it is logged in") {
                $0.properties.type == "DeviceStateChangeMessage" && $0.agent == "5002"
            }
        }
    }

    @Test func `an agent who is only observed is neither logged in nor out`() async throws {
        try await Stage.run { stage in
            _ = try await stage.establishedCall()
            await stage.simulator.invalidateSessions()
            await stage.simulator.cutPolls()
            try await stage.newEpochs(1)
        } afterStop: { stage in
            #expect(await !stage.requests().contains { $0.body.contains("ContactCenterSession") })
        }
    }

    @Test func `after a lost session an agent who is still logged in is not logged in again`() async throws {
        try await Stage.runLoggingIn { stage in
            await stage.simulator.forgetClients()
            try await stage.newEpochs(1)
            await stage.simulator.invalidateSessions()
            await stage.simulator.cutPolls()
            try await stage.newEpochs(2)
            try await eventually(within: .seconds(5), "the devices were looked at") {
                await stage.requests().contains { $0.path.hasPrefix("/api/v2/me/devices?") }
            }
            #expect(await stage.logins() == 1)
        }
    }

    @Test func `after a lost log-in an agent who was logged out is logged in again`() async throws {
        try await Stage.runLoggingIn { stage in
            // What another client of the same agent may do.
            let url = try await stage.simulator.baseURL()
            let other = try HTTPTransport(server: GWSServer(url: url))
            let session = AgentSession(
                credentials: AgentCredentials(agent: "5001", userName: "5001", password: "5001"),
                transport: other, subscriptions: [], acknowledge: false, logger: .silent)
            #expect(await session.endContactCenterSession().kind == .accepted)
            await other.shutdown()
            await stage.simulator.invalidateSessions()
            await stage.simulator.cutPolls()
            try await eventually(within: .seconds(10), "the agent is logged in again") {
                await stage.logins() == 2
            }
        }
    }

    @Test func `an agent who was logged out with a lost session of notifications is logged in again`()
        async throws
    {
        var site = SimulatorConfiguration.loggedOut
        site.logsOutLostAgents = true
        site.expiry = .seconds(1)
        try await Stage.runLoggingIn(site) { stage in
            await stage.simulator.inject(
                Fault(.refusal(503, statusCode: 12, "overloaded"), path: "/notifications", times: nil))
            await stage.simulator.cutPolls()
            try await within(.seconds(10), "GWS misses it") { try await stage.simulator.noClient(of: "5001") }
            await stage.simulator.removeFaults()
            try await eventually(within: .seconds(20), "the agent is logged in again") {
                await stage.logins() == 2
            }
        }
    }

    @Test func `an agent whom a process before logged in is served, though GWS refuses it once more`()
        async throws
    {
        try await Stage.run { stage in
            await stage.simulator.inject(
                Fault(.refusal(500, statusCode: 19, "in use"), body: "StartContactCenterSession", times: nil))
            stage.bridge.serve([.sample("5001", login: .startOnPlace)])
            try await eventually(within: .seconds(10), "it is told") {
                stage.bridge.readiness.reasons.contains { $0.contains("in use") }
            }
            try await eventually(within: .seconds(20), "the bridge is ready") {
                stage.bridge.readiness.isReady
            }
            #expect(await stage.logins() == 1)
        }
    }

    @Test func `an agent who is logged out by a command stays so, and a new epoch begins`() async throws {
        try await Stage.runLoggingIn { stage in
            let id = try await stage.client.send(
                Array(#"{"agent":"5001","operationName":"EndContactCenterSession"}"#.utf8))
            #expect(try await stage.client.reply(to: id).outcome == "accepted")
            let ended = try await stage.client.sessionEvent("Ended", of: "5001")
            #expect(try RawJSON(ended.body)["reason"]?.string == "logged-out")
            try await stage.newEpochs(1)
            let gap = try await stage.client.sessionEvent("Gap", of: "5001")
            #expect(try RawJSON(gap.body)["reason"]?.string == "logged-out")
            // The session of notifications works again.
            let call = try await stage.simulator.ring(agent: "5001")
            _ = try await stage.client.event("a call") {
                $0.properties.headers["gws-call-id"]?.string == call
            }
        } afterStop: { stage in
            #expect(await stage.logins() == 1)
            #expect(await stage.requests().count { $0.body.contains("EndContactCenterSession") } == 1)
        }
    }

    @Test func `an agent who went offline by a command stays so, and its session is ended at the stop`()
        async throws
    {
        try await Stage.runLoggingIn { stage in
            let id = try await stage.client.send(Array(#"{"agent":"5001","operationName":"Offline"}"#.utf8))
            #expect(try await stage.client.reply(to: id).outcome == "confirmed")
            await stage.simulator.invalidateSessions()
            await stage.simulator.cutPolls()
            try await stage.newEpochs(1)
            // The session of notifications works again.
            let call = try await stage.simulator.ring(agent: "5001")
            _ = try await stage.client.event("a call") {
                $0.properties.headers["gws-call-id"]?.string == call
            }
        } afterStop: { stage in
            #expect(await stage.logins() == 1)
            #expect(await stage.logouts() == 1)
        }
    }

    @Test func `a refused log-in is told and tried again, and polling goes on`() async throws {
        try await Stage.run(simulator: .loggedOut) { stage in
            await stage.simulator.inject(
                Fault(
                    .refusal(500, statusCode: 2, "the place is taken"), body: "StartContactCenterSession",
                    times: 1))
            stage.bridge.serve([.sample("5001", login: .startOnPlace)])
            try await eventually(within: .seconds(10), "it is told") {
                stage.bridge.readiness.reasons.contains { $0.contains("the place is taken") }
            }
            let call = try await stage.simulator.ring(agent: "5001")
            _ = try await stage.client.event("a call") {
                $0.properties.headers["gws-call-id"]?.string == call
            }
            try await eventually(within: .seconds(20), "the bridge is ready") {
                stage.bridge.readiness.isReady
            }
            #expect(await stage.logins() == 2)
        }
    }

    @Test func `channels that fail beside voice are no failure`() async throws {
        var site = SimulatorConfiguration.loggedOut
        site.inactiveServices = ["MultiMediaState"]
        try await Stage.run(simulator: site) { configuration in
            configuration.agents = [
                .sample("5001", login: .start(ContactCenterOptions(channels: ["voice", "chat"])))
            ]
        } _: { stage in
            // It is ready, or this would not have begun.
            #expect(await stage.logins() == 1)
        }
    }
}
