import GWSSimulator
import TestSupport
import Testing

/// What goes wrong between GWS and the switch.
@Suite(.timeLimit(.minutes(1))) struct SwitchFaultTests {
    @Test func `an unregistered number is told by a bare error before the reply says so`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let fault = #"{"action":"device-not-registered","agent":"5001"}"#
            #expect(try await Browser(url).post("/simulator/faults", fault).status == 200)
            // Reading needs no switch.
            #expect(try await browser.get("/api/v2/me/devices").status == 200)
            let reply = try await browser.post(
                "/api/v2/me/channels/voice", #"{"operationName":"NotReady"}"#)
            #expect(reply.status == 500)
            #expect(reply.body == #"{"statusCode":4,"statusMessage":"Device '5001' is not registered."}"#)
            let told = try #require(await simulator.notifications().last)
            #expect(told.channel == "/v2/me/devices")
            let data = try JSON(parsing: told.data)
            #expect(data.members.map(\.key) == ["messageType", "metrics", "devicePath", "deviceUri"])
            #expect(data["metrics"]?["eventProcessing"]?["serverProcessingTimeTotalMs"]?.int == -1)
            let request = try #require(await simulator.requests().last)
            #expect(!request.executed)
            #expect(request.fault == "device not registered")
        }
    }

    @Test func `the number of the device that was meant is named`() async throws {
        var agent = SimulatorConfiguration.Agent("5001", password: "5001")
        agent.numbers = ["5001", "5101"]
        try await withSimulator(SimulatorConfiguration(agents: [agent])) { simulator, url in
            await simulator.inject(Fault(.deviceNotRegistered))
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.post(
                "/api/v2/me/devices/\(try await browser.deviceIDs()[1])",
                #"{"operationName":"DoNotDisturbOn"}"#)
            #expect(reply.body.contains("'5101'"))
        }
    }

    @Test func `without the switch GWS says that voice is not available`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            await simulator.inject(Fault(.voiceServiceUnavailable))
            let call = try await simulator.ring(agent: "5001")
            let reply = try await browser.operate("Answer", on: call)
            #expect(reply.status == 503)
            #expect(
                reply.body
                    == #"{"statusCode":4,"statusMessage":"Voice service is not available at this time"}"#)
            #expect(try await browser.operate("Answer", on: call).status == 200)
        }
    }

    @Test func `an operation may be accepted and fail later, on its call's topic`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let fault = #"{"action":"fail-later","message":"Invalid state","body":"Hold"}"#
            #expect(try await Browser(url).post("/simulator/faults", fault).status == 200)
            let call = try await simulator.ring(agent: "5001")
            _ = try await browser.operate("Answer", on: call)
            #expect(try await browser.operate("Hold", on: call).body == #"{"statusCode":0}"#)
            let told = try #require(await simulator.notifications().last)
            #expect(told.channel == "/v2/me/calls")
            #expect(told.callID == call)
            #expect(try JSON(parsing: told.data)["errorMessage"] == "Invalid state")
            let after = try await browser.get("/api/v2/me/calls/\(call)").json["call"]
            #expect(after?["state"] == "Established")
        }
    }

    @Test func `what GWS itself refuses does not get as far as failing later`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(Fault(.failLater(message: nil), times: nil))
            #expect(try await browser.operate("Hold", on: call).status == 403)
            #expect(try await browser.operate("Nonsense", on: call).status == 400)
            #expect(try await browser.operate("Answer", on: "nobody's").status == 404)
            #expect(await simulator.notifications().map(\.type) == ["StatusChange"])
        }
    }

    @Test func `what fails later keeps the order of reply and notification`() async throws {
        var configuration = SimulatorConfiguration.holding(.seconds(20))
        configuration.replyOrder = .replyFirst
        configuration.replyGap = .milliseconds(300)
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser)
            await simulator.inject(Fault(.failLater(message: nil)))
            async let poll = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            let reply = try await browser.post("/api/v2/me/channels/voice", #"{"operationName":"NotReady"}"#)
            #expect(reply.body == #"{"statusCode":0}"#)
            #expect(await simulator.heldPollCount == 1)
            #expect(try await poll.events.first?["data"]?["messageType"] == "ErrorMessage")
            let request = try #require(await simulator.requests().last)
            #expect(!request.executed)
        }
    }

    @Test func `a filter against too many requests answers in place of GWS`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let fault = #"{"action":"too-many-requests"}"#
            #expect(try await Browser(url).post("/simulator/faults", fault).status == 200)
            let reply = try await browser.get("/api/v2/me")
            #expect(reply.status == 429)
            #expect(reply.headers["content-type"]?.first?.hasPrefix("text/html") == true)
            #expect(try await browser.get("/api/v2/me").status == 200)
        }
    }
}
