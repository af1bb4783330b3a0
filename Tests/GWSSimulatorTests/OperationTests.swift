import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct OperationTests {
    @Test(arguments: ["/wrong/prefix/me", "/api/v1/me", "/me"])
    func `what stands below another prefix is no resource`(prefix: String) async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let body = #"{"operationName":"NotReady"}"#
            #expect(try await browser.post("\(prefix)/channels/voice", body).status == 404)
            #expect(try await browser.get("\(prefix)/devices").status == 404)
            #expect(await simulator.notifications().isEmpty)
        }
    }

    @Test func `each operation is accepted and told with the state it leads to`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001", from: "+4930")
            let operations = [
                "Answer", "StartCallRecording", "PauseCallRecording", "ResumeCallRecording",
                "StopCallRecording", "Hold",
                "Retrieve", "Hangup",
            ]
            for operation in operations {
                let reply = try await browser.operate(operation, on: call)
                #expect(reply.status == 200)
                #expect(reply.body == #"{"statusCode":0}"#)
            }
            let told = try await simulator.notifications().map { try JSON(parsing: $0.data) }
            #expect(
                told.map { $0["notificationType"]?.string } == [
                    "StatusChange", "StatusChange", "CallRecordingStateChange", "CallRecordingStateChange",
                    "CallRecordingStateChange", "CallRecordingStateChange", "StatusChange", "StatusChange",
                    "StatusChange",
                ])
            #expect(
                told.map { $0["call"]?["state"]?.string } == [
                    "Ringing", "Established", "Established", "Established", "Established", "Established",
                    "Held",
                    "Established", "Released",
                ])
            #expect(
                told.map { $0["call"]?["recordingState"]?.string } == [
                    nil, "Stopped", "Recording", "Paused", "Recording", "Stopped", "Stopped", "Stopped",
                    "Stopped",
                ])
        }
    }

    @Test(arguments: [
        ("Hold", 403, 3), ("NoSuchThing", 400, 2),
    ])
    func `what cannot be done is refused by a pair of the table`(operation: String, status: Int, code: Int)
        async throws
    {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.operate(operation, on: try await simulator.ring(agent: "5001"))
            #expect(reply.status == status)
            #expect(try reply.json["statusCode"]?.int == code)
            #expect(try reply.json["statusMessage"]?.string?.contains(operation) == true)
        }
    }

    @Test(arguments: ["not JSON", "", "{", #"{"operationName":7}"#, "[]", #"{"operationName":"SendDtmf"}"#])
    func `a bad body is a bad request`(body: String) async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            let reply = try await browser.post("/api/v2/me/calls/\(call)", body)
            #expect(reply.status == 400)
            #expect(await simulator.requests().last?.executed == false)
        }
    }

    @Test func `a body of more than a megabyte is refused`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            let body = #"{"operationName":"Answer","x":"\#(String(repeating: "x", count: 1 << 20))"}"#
            #expect(try await browser.post("/api/v2/me/calls/\(call)", body).status == 413)
        }
    }

    @Test func `another agent's call is not found`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn("5002", at: url)
            let reply = try await browser.operate("Answer", on: try await simulator.ring(agent: "5001"))
            #expect(reply.status == 404)
            #expect(try reply.json["statusCode"]?.int == 6)
        }
    }

    @Test func `two agents on one call each see their own leg`() async throws {
        try await withSimulator { simulator, url in
            let callee = try await Browser.loggedIn("5001", at: url)
            let caller = try await Browser.loggedIn("5002", at: url)
            let call = try await simulator.ring(agent: "5001", fromAgent: "5002")
            func state(_ browser: Browser) async throws -> String? {
                try await browser.get("/api/v2/me/calls/\(call)").json["call"]?["state"]?.string
            }
            #expect(try await state(callee) == "Ringing")
            #expect(try await state(caller) == "Dialing")
            _ = try await callee.operate("Answer", on: call)
            _ = try await caller.operate("Hold", on: call)
            #expect(try await state(callee) == "Established")
            #expect(try await state(caller) == "Held")
            _ = try await callee.operate("Hangup", on: call)
            #expect(try await caller.get("/api/v2/me/calls/\(call)").status == 404)
            #expect(
                await simulator.notifications().map(\.agent) == [
                    "5002", "5001", "5001", "5002", "5002", "5001", "5002",
                ])
        }
    }

    @Test func `collections are URIs, or resources when fields are asked for`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            let uris = try await browser.get("/api/v2/me/calls").json
            #expect(uris["uris"]?.elements == [.string("\(url)/api/v2/me/calls/\(call)")])
            let calls = try await browser.get("/api/v2/me/calls?fields=*").json
            #expect(calls["calls"]?.elements.first?["id"]?.string == call)
            let devices = try await browser.get("/api/v2/me/devices?fields=*").json
            let device = try #require(devices["devices"]?.elements.first?["id"]?.string)
            let one = try await browser.get("/api/v2/me/devices/\(device)").json
            #expect(one["device"]?["phoneNumber"]?.string == "5001")
            let me = try await browser.get("/api/v2/me?subresources=*").json
            #expect(me["user"]?["calls"]?.elements.count == 1)
            #expect(try await browser.get("/api/v2/services?fields=*").status == 200)
        }
    }
}
