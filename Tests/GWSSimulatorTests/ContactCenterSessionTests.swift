import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ContactCenterSessionTests {
    private let start = #"{"operationName":"StartContactCenterSession","channels":["voice"]}"#
    private let end = #"{"operationName":"EndContactCenterSession"}"#

    private var loggedOut: SimulatorConfiguration {
        var agent = SimulatorConfiguration.Agent("5001", password: "5001")
        agent.isLoggedIn = false
        return SimulatorConfiguration(agents: [agent])
    }

    @Test func `who is logged out is told of the login and of being ready, as of one instant`() async throws {
        try await withSimulator(loggedOut) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let before = try await browser.get("/api/v2/me/devices?fields=*").json["devices"]?.elements
            #expect(before?[0]["userState"]?["state"] == "LoggedOut")
            let ready = #"{"operationName":"Ready"}"#
            #expect(try await browser.post("/api/v2/me/channels/voice", ready).status == 403)
            #expect(try await browser.post("/api/v2/me", start).body == #"{"statusCode":0}"#)
            let told = try await simulator.notifications().map { try JSON(parsing: $0.data) }
            #expect(
                told.map { $0["devices"]?.elements[0]["userState"]?.serialized } == [
                    #"{"state":"LoggedIn"}"#,
                    #"{"id":"9430250E-0A1B-421F-B372-F29E69366DED","displayName":"Ready","state":"Ready"}"#,
                ])
            let times = told.map { $0["metrics"]?["eventProcessing"]?["serverGenerationTimestamp"]?.int }
            #expect(times[0] == times[1])
            #expect(times[0] != nil)
            #expect(try await browser.post("/api/v2/me/channels/voice", ready).status == 200)
        }
    }

    @Test func `at a site where agents do not begin ready they begin not ready`() async throws {
        var configuration = loggedOut
        configuration.beginsReady = false
        try await withSimulator(configuration) { simulator, url in
            _ = try await Browser.loggedIn(at: url).post("/api/v2/me", start)
            #expect(try await simulator.lastDevices(of: "5001")[0]["userState"]?["state"] == "NotReady")
        }
    }

    @Test func `an agent whose client is lost is logged out, at a site that does so`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.logsOutLostAgents = true
        configuration.expiry = .milliseconds(50)
        try await withSimulator(configuration) { simulator, url in
            _ = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let told = try await simulator.notification { $0.type == "DeviceStateChangeMessage" }
            #expect(told.agent == "5001")
            #expect(try await simulator.lastDevices(of: "5001")[0]["userState"]?["state"] == "LoggedOut")
        }
    }

    @Test func `the end logs out, and the HTTP session is over`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            #expect(try await browser.post("/api/v2/me", end).body == #"{"statusCode":0}"#)
            #expect(try await simulator.lastDevices(of: "5001")[0]["userState"]?["state"] == "LoggedOut")
            #expect(try await browser.get("/api/v2/me").status == 403)
            #expect(try await browser.post("/api/v2/me", start).status == 403)
        }
    }

    @Test func `the end leaves the agent's other HTTP sessions alone`() async throws {
        try await withSimulator { _, url in
            let other = try await Browser.loggedIn(at: url)
            _ = try await Browser.loggedIn(at: url).post("/api/v2/me", end)
            #expect(try await other.get("/api/v2/me").status == 200)
        }
    }

    @Test func `without an interaction server the other channels fail inside of 200`() async throws {
        try await withSimulator(loggedOut) { simulator, url in
            try await simulator.setService("MultiMediaState", isActive: false)
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.post(
                "/api/v2/me", #"{"operationName":"StartContactCenterSession","channels":["voice","chat"]}"#)
            #expect(reply.status == 200)
            #expect(
                reply.body == """
                    {"statusCode":7,"failed":[{"statusCode":4,"statusMessage":"Interaction server connection is \
                    not opened","channel":"multimedia"}],"succeeded":[{"statusCode":0,"channel":"voice"}]}
                    """)
            #expect(try await simulator.lastDevices(of: "5001")[0]["userState"]?["state"] == "Ready")
        }
    }

    @Test func `where a number is not registered the other channels are had all the same`() async throws {
        try await withSimulator(loggedOut) { simulator, url in
            await simulator.inject(Fault(.deviceNotRegistered))
            let reply = try await Browser.loggedIn(at: url).post(
                "/api/v2/me", #"{"operationName":"StartContactCenterSession","channels":["voice","chat"]}"#)
            #expect(reply.status == 200)
            #expect(try reply.json["statusCode"]?.int == 7)
            let failed = try reply.json["failed"]?.elements.first
            #expect(failed?["statusMessage"] == "Device '5001' is not registered.")
            #expect(failed?["channel"] == "voice")
            #expect(await simulator.notifications().map(\.type) == ["ErrorMessage"])
        }
    }

    @Test func `when all channels fail there is one statusCode`() async throws {
        var configuration = loggedOut
        configuration.inactiveServices = ["Voice", "MultiMediaState"]
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.post(
                "/api/v2/me", #"{"operationName":"StartContactCenterSession","channels":["voice","chat"]}"#)
            #expect(reply.status == 503)
            #expect(
                reply.body
                    == #"{"statusCode":4,"statusMessage":"Voice service is not available at this time"}"#)
            #expect(await simulator.notifications().isEmpty)
        }
    }

    @Test func `a device path chooses among an agent's devices`() async throws {
        var configuration = loggedOut
        configuration.agents[0].numbers = ["5001", "5101"]
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            func start(at path: String) async throws -> Browser.Reply {
                try await browser.post(
                    "/api/v2/me",
                    """
                    {"operationName":"StartContactCenterSession","channels":["voice"],"place":"Place 1",\
                    "queue":"7000","loginCode":"15001","devicePath":"\(path)"}
                    """)
            }
            #expect(try await start(at: "/devices/none").status == 404)
            #expect(try await start(at: "/devices/\(try await browser.deviceIDs()[1])").status == 200)
            let states = try await simulator.lastDevices(of: "5001").map { $0["userState"]?["state"]?.string }
            #expect(states == ["LoggedOut", "Ready"])
        }
    }

    @Test func `other channels of a session are listed until its end`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            _ = try await browser.post(
                "/api/v2/me", #"{"operationName":"StartContactCenterSession","channels":["voice","email"]}"#)
            let channels = try await browser.get("/api/v2/me/channels?fields=*").json["channels"]
            #expect(channels?.elements.map { $0["name"]?.string } == ["voice", "multimedia"])
            _ = try await browser.post("/api/v2/me", end)
            let later = try await Browser.loggedIn(at: url).get("/api/v2/me/channels?fields=*")
            #expect(try later.json["channels"]?.elements.map { $0["name"]?.string } == ["voice"])
        }
    }
}
