import AsyncHTTPClient
import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ControlTests {
    @Test func `a call is made to ring, answered and ended over HTTP`() async throws {
        try await withSimulator { _, url in
            let control = Browser(url)
            let body = #"{"agent":"5001","from":"+4930","userData":{"a":1}}"#
            let call = try #require(try await control.post("/simulator/calls", body).json["callId"]?.string)
            #expect(try await control.post("/simulator/calls/\(call)/answer", "").status == 200)
            #expect(try await control.post("/simulator/calls/\(call)/user-data", #"{"b":2}"#).status == 200)
            let calls = try await control.get("/simulator/calls").json["calls"]?.elements
            #expect(
                calls?.first?["parties"]?.elements.map { $0["state"]?.string } == [
                    "Established", "Established",
                ])
            #expect(try await control.post("/simulator/calls/\(call)/end", "{}").status == 200)
            let told = try await control.get("/simulator/notifications?call=\(call)").json["notifications"]?
                .elements
            #expect(
                told?.map { $0["type"]?.string } == [
                    "StatusChange", "StatusChange", "AttachedDataChanged", "StatusChange",
                ])
            #expect(try await control.post("/simulator/calls/\(call)/end", "").status == 404)
        }
    }

    @Test func `the journal says who asked what, and what came of it`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            _ = try await browser.operate("Hold", on: call)
            _ = try await browser.operate("Answer", on: call)
            let requests = try await Browser(url).get("/simulator/requests?method=POST&agent=5001").json
            let entries = requests["requests"]?.elements ?? []
            #expect(entries.map { $0["executed"]?.bool } == [false, true])
            #expect(entries.map { $0["status"]?.int } == [403, 200])
            #expect(entries.last?["body"]?.string == #"{"operationName":"Answer"}"#)
            #expect(entries.last?["path"]?.string == "/api/v2/me/calls/\(call)")
        }
    }

    @Test func `a fault is set and removed over HTTP`() async throws {
        try await withSimulator { _, url in
            let control = Browser(url)
            let fault = #"{"action":"answer","status":503,"answer":"{}","path":"/me","times":null}"#
            let id = try #require(try await control.post("/simulator/faults", fault).json["id"]?.int)
            #expect(
                try await Browser(url, "5001:5001").get("/api/v2/me", withCredentials: true).status == 503)
            #expect(try await control.get("/simulator/faults").json["faults"]?.elements.count == 1)
            #expect(try await control.post("/simulator/faults", #"{"action":"nonsense"}"#).status == 400)
            _ = try await control.request("DELETE", "/simulator/faults/\(id)")
            #expect(
                try await Browser(url, "5001:5001").get("/api/v2/me", withCredentials: true).status == 200)
        }
    }

    @Test func `a pushed notification goes out byte for byte`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let data = #"{ "messageType" : "ErrorMessage",  "x" : 1.00 }"#
            let body = #"{"agent":"5001","channel":"/v2/me/devices","raw":\#(JSON.string(data).serialized)}"#
            #expect(try await Browser(url).post("/simulator/notifications", body).status == 200)
            let answered = try await conversation.connect()
            #expect(answered.reply.body.contains(#"{"data":\#(data),"channel":"/v2/me/devices"}"#))
        }
    }

    @Test(arguments: [
        ("/simulator/calls", #"{"agent":"nobody"}"#, 404), ("/simulator/calls", "{}", 400),
        ("/simulator/calls", "not JSON", 400), ("/simulator/nothing", "{}", 404),
        ("/simulator/advise", "{}", 400),
    ])
    func `a control request that makes no sense is told so`(path: String, body: String, status: Int)
        async throws
    {
        try await withSimulator { _, url in
            let reply = try await Browser(url).post(path, body)
            #expect(reply.status == status)
            #expect(try reply.json["error"]?.string?.isEmpty == false)
        }
    }

    @Test func `every request that the help names exists`() async throws {
        try await withSimulator { _, url in
            let control = Browser(url)
            let help = try await control.get("/simulator").body
            let lines = help.split(separator: "\n").filter { $0.contains("/simulator/") }
            #expect(lines.count == 35)
            for line in lines {
                let words = line.split(separator: " ")
                let reply = try await control.request(String(words[0]), String(words[1]))
                #expect(!reply.body.contains("There is no \(words[0])"), "\(line)")
            }
        }
    }

    @Test func `sessions and agents are listed, and an agent may join`() async throws {
        try await withSimulator { _, url in
            let control = Browser(url)
            _ = try await control.post("/simulator/agents", #"{"name":"6001","password":"6001"}"#)
            _ = try await Conversation.connected(try await Browser.loggedIn("6001", at: url))
            let sessions = try await control.get("/simulator/sessions").json
            #expect(sessions["http"]?.elements.map { $0["agent"]?.string } == ["6001"])
            #expect(sessions["cometd"]?.elements.first?["subscriptions"]?.elements == ["/v2/me/*"])
            let agents = try await control.get("/simulator/agents").json["agents"]?.elements
            #expect(agents?.last?["clients"]?.int == 1)
        }
    }

    @Test func `a simulator that ended is followed by another on its port`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = try await withSimulator { _, url in
            _ = try await Conversation.connected(try await Browser.loggedIn(at: url))
            return try #require(url.split(separator: ":").last.flatMap { Int($0) })
        }
        try await withSimulator(configuration) { simulator, url in
            // Not the shared client: its idle connections to the first may not have been seen to end.
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let reply = try await Browser(url, client: client).get("/api/v2/me")
            #expect(reply.status == 403)
            #expect(await simulator.clientCount() == 0)
            try await client.shutdown()
        }
    }

    @Test func `the journal can be awaited`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            async let awaited = simulator.request { $0.body.contains("Answer") }
            _ = try await browser.operate("Answer", on: call)
            let request = try await awaited
            #expect(request.executed)
        }
    }

    @Test func `a notification can be awaited over HTTP, for a time`() async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            async let awaited = control.get("/simulator/notifications?type=StatusChange&wait=20")
            try await simulator.ring(agent: "5001")
            let told = try await awaited
            #expect(try told.json["notifications"]?.elements.count == 1)
            let nothing = try await control.get("/simulator/notifications?type=DtmfSent&wait=0.05")
            #expect(nothing.body == #"{"notifications":[]}"#)
        }
    }

    @Test func `who waits for what never comes is freed by cancelling`() async throws {
        try await withSimulator { simulator, _ in
            _ = await #expect(throws: CancellationError.self) {
                try await withThrowingTaskGroup { group in
                    group.addTask { _ = try await simulator.notification { _ in false } }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            #expect(await simulator.journalWaiterCount == 0)
        }
    }
}
