import GWSSimulator
import TestSupport
import Testing

/// What the simulator can be told to be, and what it can be made to do.
@Suite(.timeLimit(.minutes(1))) struct SwitchesTests {
    @Test func `a site without voice refuses every voice operation with the feature's name`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.missingFeatures = ["api-voice"]
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            let device = try await browser.deviceIDs()[0]
            for (path, operation) in [
                ("calls/\(call)", "Answer"), ("devices/\(device)", "DoNotDisturbOn"),
                ("devices/\(device)/calls", "Dial"), ("channels/voice", "NotReady"),
            ] {
                let reply = try await browser.post(
                    "/api/v2/me/\(path)", #"{"operationName":"\#(operation)"}"#)
                #expect(reply.status == 403)
                #expect(try reply.json["statusCode"]?.int == 5)
                #expect(try reply.json["statusMessage"]?.string?.contains("api-voice") == true)
            }
        }
    }

    @Test func `what one agent lacks another may have`() async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            let body = #"{"agent":"5001","missing":["api-voice-recording","api-supervisor-monitoring"]}"#
            #expect(try await control.post("/simulator/features", body).status == 200)
            let call = try await simulator.ring(agent: "5001", fromAgent: "5002")
            let without = try await Browser.loggedIn(at: url)
            let with = try await Browser.loggedIn("5002", at: url)
            _ = try await without.operate("Answer", on: call)
            #expect(try await without.operate("StartCallRecording", on: call).status == 403)
            #expect(try await with.operate("StartCallRecording", on: call).status == 200)
            let listed = try await without.get("/api/v2/me/features?fields=*").json["features"]?.elements
            #expect(listed?.compactMap { $0["id"]?.string } == ["api-voice", "api-voice-outbound"])
            let device = try await without.get("/api/v2/me/devices?fields=*").json["devices"]?.elements.first
            #expect(device?["capabilities"] == ["ForwardCallsOn", "DoNotDisturbOn"])
        }
    }

    @Test func `a back end that goes and comes back is told to everybody, and missed meanwhile`() async throws
    {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(
                try await Browser.loggedIn(at: url), to: "/notifications/services")
            let control = Browser(url)
            for (state, status) in [("Inactive", 503), ("Active", 200)] {
                _ = try await control.post("/simulator/services", #"{"type":"Voice","state":"\#(state)"}"#)
                let event = try await conversation.connect().events.first
                #expect(event?["channel"] == "/notifications/services")
                #expect(event?["data"]?["services"]?.elements.first?["state"]?.string == state)
                let services = try await conversation.browser.get("/api/v2/services/voice").json
                #expect(services["service"]?["state"]?.string == state)
                let reply = try await conversation.browser.post(
                    "/api/v2/me/channels/voice", #"{"operationName":"NotReady"}"#)
                #expect(reply.status == status)
            }
        }
    }

    @Test func `metrics are in every notification, or in none`() async throws {
        for sendsMetrics in [true, false] {
            var configuration = SimulatorConfiguration()
            configuration.sendsMetrics = sendsMetrics
            try await withSimulator(configuration) { simulator, _ in
                try await simulator.ring(agent: "5001")
                try await simulator.operateDevice(#"{"operationName":"NotReady"}"#, of: "5001")
                try await simulator.tellError(to: "5001")
                try await simulator.setService("Voice", isActive: false)
                let told = await simulator.notifications()
                #expect(told.map { $0.data.contains("metrics") } == told.map { _ in sendsMetrics })
            }
        }
    }

    @Test func `an error without details names only the device`() async throws {
        try await withSimulator { simulator, url in
            #expect(try await Browser(url).post("/simulator/errors", #"{"agent":"5001"}"#).status == 200)
            let told = try #require(await simulator.notifications().last)
            #expect(told.channel == "/v2/me/devices")
            let names = try JSON(parsing: told.data).members.map(\.key)
            #expect(names == ["messageType", "metrics", "devicePath", "deviceUri"])
        }
    }

    @Test func `an error with details says why, and of which call`() async throws {
        try await withSimulator { simulator, url in
            let call = try await simulator.ring(agent: "5001")
            let body = #"{"agent":"5001","message":"Invalid state","callId":"\#(call)"}"#
            #expect(try await Browser(url).post("/simulator/errors", body).status == 200)
            let told = try #require(await simulator.notifications().last)
            #expect(told.channel == "/v2/me/calls")
            let data = try JSON(parsing: told.data)
            #expect(data["errorMessage"] == "Invalid state")
            #expect(data["callUri"]?.string == "\(url)/api/v2/me/calls/\(call)")
        }
    }

    @Test func `a changed password is told, and is the one that lets in`() async throws {
        try await withSimulator { simulator, url in
            let running = try await Browser.loggedIn(at: url)
            let body = #"{"agent":"5001","password":"new"}"#
            #expect(try await Browser(url).post("/simulator/passwords", body).status == 200)
            #expect(await simulator.notifications().last?.channel == "/v2/me")
            #expect(try await running.get("/api/v2/me").status == 200)
            for (password, status) in [("5001", 403), ("new", 200)] {
                let browser = Browser(url, "5001:\(password)")
                #expect(try await browser.get("/api/v2/me", withCredentials: true).status == status)
            }
        }
    }

    @Test func `an agent that joins may be logged out and have two devices`() async throws {
        try await withSimulator { _, url in
            let body = #"{"name":"6001","password":"6001","numbers":["6001","6101"],"loggedIn":false}"#
            #expect(try await Browser(url).post("/simulator/agents", body).status == 200)
            let browser = try await Browser.loggedIn("6001", at: url)
            let devices = try await browser.get("/api/v2/me/devices?fields=*").json["devices"]?.elements
            #expect(devices?.map { $0["phoneNumber"]?.string } == ["6001", "6101"])
            #expect(devices?.map { $0["userState"]?["state"]?.string } == ["LoggedOut", "LoggedOut"])
        }
    }
}
