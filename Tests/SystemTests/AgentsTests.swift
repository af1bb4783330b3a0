import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Agents come, go and change while the bridge runs, and no other notices.
struct AgentsTests {
    @Test func `an agent who is added is served, and no other notices`() async throws {
        try await Stage.run { stage in
            stage.bridge.serve([.sample("5001"), .sample("5002")])
            _ = try await stage.client.sessionEvent("Started", of: "5002")
            let call = try await stage.simulator.ring(agent: "5002")
            let reply = try await stage.client.reply(
                to: stage.client.send("Answer", agent: "5002", call: call))
            #expect(reply.outcome == "confirmed")
            #expect(stage.client.epochs(of: "5001").isEmpty)
        }
    }

    @Test func `an agent who is removed is left knowingly, and no other notices`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            stage.bridge.serve([.sample("5001")])
            let ended = try await stage.client.sessionEvent("Ended", of: "5002")
            #expect(try RawJSON(ended.body)["reason"]?.string == "removed")
            try await within(.seconds(5), "GWS was left") { try await stage.simulator.noClient(of: "5002") }
            let reply = try await stage.client.reply(
                to: stage.client.send("Answer", agent: "5002", call: "c"))
            #expect(reply.reason == "agent-unknown")
            _ = try await stage.establishedCall()
            #expect(stage.client.epochs(of: "5001").isEmpty)
        }
    }

    @Test func `what is under way when its agent is removed ends, and what waits is rejected`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            let call = try await stage.simulator.ring(agent: "5002")
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(700)), method: "POST", path: "/me/calls/"))
            let first = try await stage.client.send("Answer", agent: "5002", call: call)
            let second = try await stage.client.send("Hold", agent: "5002", call: call)
            try await eventually(within: .seconds(5), "the first is under way") {
                await !stage.operations().isEmpty
            }
            // The other is held already, behind the first.
            _ = try await stage.client.reply(to: stage.client.send("Hold", call: "no-such-call"))
            stage.bridge.serve([.sample("5001")])
            // GWS took it, and nobody looks any more.
            #expect(try await stage.client.reply(to: first).outcome == "unconfirmed")
            #expect(try await stage.client.reply(to: second).reason == "agent-unknown")
            #expect(await stage.operations().map(\.agent).count { $0 == "5002" } == 1)
        }
    }

    @Test(arguments: [Duration.seconds(9), .seconds(1)])
    func `nothing is done for an agent who was logged out on being removed`(limit: Duration) async throws {
        let isInTime = limit > .seconds(1)
        try await Stage.run { configuration in
            let login = AgentConfiguration.Login.start(ContactCenterOptions())
            configuration.agents = [.sample("5001"), .sample("5002", login: login)]
            configuration.shutdownTimeout = limit
        } _: { stage in
            // The command does not say on which device, so that is asked before, as it was when the session began.
            let asked = await stage.simulator.devicesAsked()
            await stage.simulator.inject(Fault(.delay(.seconds(2)), path: "/me/devices", agent: "5002"))
            let id = try await stage.client.send(
                Array(
                    #"{"agent":"5002","operationName":"Dial","destination":{"phoneNumber":"5001"}}"#.utf8))
            try await eventually(within: .seconds(5), "the devices are asked for") {
                await stage.simulator.devicesAsked() > asked
            }
            stage.bridge.serve([.sample("5001")])
            let reply = try await stage.client.reply(to: id)
            #expect(reply.outcome == (isInTime ? "unconfirmed" : "unreachable"))
            try await eventually(within: .seconds(5), "the agent is logged out") {
                await stage.operations().contains { $0.body.contains("EndContactCenterSession") }
            }
            let requests = await stage.simulator.requests().filter { $0.agent == "5002" }
            #expect(requests.last?.body.contains("EndContactCenterSession") == true)
            #expect(requests.contains { $0.body.contains("Dial") } == isInTime)
        }
    }

    @Test func `an agent whose password changed begins anew, and no other does`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            try await stage.simulator.changePassword(of: "5002", to: "new")
            stage.bridge.serve([.sample("5001"), .sample("5002", password: "new")])
            let ended = try await stage.client.sessionEvent("Ended", of: "5002")
            #expect(try RawJSON(ended.body)["reason"]?.string == "stopped")
            let gap = try await stage.client.sessionEvent("Gap", of: "5002")
            let body = try RawJSON(gap.body)
            #expect(body["reason"]?.string == "logged-out")
            #expect(body["previousEpoch"]?.string == ended.properties.headers["gws-epoch"]?.string)
            #expect(body["lastSequence"]?.int != nil)
            let call = try await stage.establishedCall(agent: "5002")
            _ = try await stage.client.event("its events") {
                $0.properties.headers["gws-call-id"]?.string == call
            }
            #expect(stage.client.epochs(of: "5001").isEmpty)
        }
    }

    @Test func `a session that never began leaves no trace, and the gap is from before it`() async throws {
        var site = SimulatorConfiguration()
        site.hold = .milliseconds(200)
        try await Stage.run(simulator: site) { stage in
            // Polls without news, which say that nothing was missed.
            let seen = await stage.simulator.conversations().last?.sequence ?? 0
            try await eventually(within: .seconds(5), "three polls") {
                await stage.simulator.conversations(after: seen).count { $0.body.contains("/meta/connect") }
                    > 2
            }
            stage.bridge.serve([.sample("5001", password: "wrong")])
            try await eventually(within: .seconds(10), "it is refused") {
                stage.bridge.readiness.reasons.contains {
                    $0.hasPrefix("Agent 5001") && !$0.contains("starting")
                }
            }
            stage.bridge.serve([.sample("5001")])
            let gap = try await stage.client.sessionEvent("Gap", of: "5001")
            let json = try RawJSON(gap.body)
            #expect(json["from"]?.string != nil)
            #expect(json["reason"]?.string == "logged-out")
            #expect(stage.client.events.count { $0.properties.type == "Ended" } == 1)
        }
    }

    @Test func `an agent who is removed and added again is served again`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            stage.bridge.serve([.sample("5001")])
            stage.bridge.serve([.sample("5001"), .sample("5002")])
            try await eventually(within: .seconds(10), "it is there again") {
                stage.client.epochs(of: "5002").count == 1
            }
            _ = try await stage.establishedCall(agent: "5002")
        }
    }

    @Test func `the same agents once more change nothing`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            #expect(stage.bridge.serve([.sample("5002"), .sample("5001")]).isEmpty)
            _ = try await stage.establishedCall()
            #expect(stage.client.events.allSatisfy { $0.properties.type != "Ended" })
        }
    }

    // MARK: - What happens to one touches no other

    private static let troubles: [(what: String, cause: @Sendable (Stage) async throws -> Void)] = [
        (
            "a wrong password",
            { stage in stage.bridge.serve([.sample("5001"), .sample("5002", password: "no")]) }
        ),
        (
            "a refused log-in",
            { stage in
                await stage.simulator.refuseLogins(of: "5002")
                await stage.simulator.invalidateSessions(of: "5002")
                await stage.simulator.cutPolls(of: "5002")
            }
        ),
        (
            "a refused handshake",
            { stage in
                await stage.simulator.denyHandshakes(of: "5002")
                await stage.simulator.forgetClients(of: "5002")
            }
        ),
        (
            "a server that hangs",
            { stage in
                await stage.simulator.inject(Fault(.hang, agent: "5002", times: nil))
                await stage.simulator.cutPolls(of: "5002")
            }
        ),
    ]

    @Test(arguments: troubles.indices)
    func `one agent's trouble is told, and touches no other`(index: Int) async throws {
        let trouble = Self.troubles[index]
        try await Stage.run(agents: ["5001", "5002"]) { configuration in
            configuration.server.requestTimeout = .seconds(1)
        } _: { stage in
            try await trouble.cause(stage)
            if index != 3 {
                try await eventually(within: .seconds(10), "\(trouble.what) is told") {
                    stage.bridge.readiness.reasons.contains { $0.hasPrefix("Agent 5002") }
                }
            }
            let call = try await stage.establishedCall()
            _ = try await stage.client.event("the other's events") {
                $0.properties.headers["gws-call-id"]?.string == call
                    && $0.properties.headers["gws-call-state"]?.string == "Established"
            }
            #expect(stage.client.epochs(of: "5001").isEmpty, "\(trouble.what)")
            #expect(!stage.bridge.readiness.reasons.contains { $0.contains("5001") }, "\(trouble.what)")
        }
    }
}

extension AgentConfiguration {
    static func sample(_ name: String, password: String? = nil, login: Login = .observe) -> Self {
        AgentConfiguration(
            AgentCredentials(agent: name, userName: name, password: password ?? name), login: login)
    }
}

extension AMQPMessage {
    var agent: String? { properties.headers["gws-agent"]?.string }
}

extension Client {
    /// The first of that type about the agent's session.
    func sessionEvent(_ type: String, of agent: String) async throws -> AMQPMessage {
        try await event("\(type) of \(agent)") { $0.properties.type == type && $0.agent == agent }
    }

    /// Those that have begun since it listens.
    func epochs(of agent: String) -> [AMQPMessage] {
        events.filter { $0.properties.type == "Started" && $0.agent == agent }
    }
}

extension Simulator {
    fileprivate func devicesAsked() -> Int {
        requests().count {
            $0.method == "GET" && $0.path.hasPrefix("/api/v2/me/devices") && $0.agent == "5002"
        }
    }
}
