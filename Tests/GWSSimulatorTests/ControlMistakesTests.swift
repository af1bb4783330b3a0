import GWSSimulator
import TestSupport
import Testing

/// Control requests with mistakes in them: none is taken for a command, none ends the simulator.
@Suite(.timeLimit(.minutes(1))) struct ControlMistakesTests {
    @Test(arguments: [
        ("faults", #"{"action":"answer","status":1000}"#), ("faults", #"{"action":"answer","status":199}"#),
        ("faults", #"{"action":"answer","status":"503"}"#), ("faults", #"{"action":"answer","status":5.5}"#),
        ("faults", #"{"action":"cut","moment":"later"}"#), ("faults", #"{"action":"cut","times":"x"}"#),
        ("faults", #"{"action":"cut","times":0}"#), ("faults", #"{"action":"delay","seconds":"x"}"#),
        ("faults", #"{"action":"delay","seconds":1e30}"#), ("faults", #"{"action":"cut","probability":2}"#),
        ("faults", #"{"action":"cut","agent":5001}"#),
        ("services", #"{"type":"Voice","state":"active"}"#),
        ("features", #"{"agent":"5001","missing":"api-voice-recording"}"#),
        ("features", #"{"agent":"5001","missing":["api-voices"]}"#),
        ("calls", #"{"agent":"5001","userData":[1]}"#), ("calls", #"{"agent":"5001","from":4930}"#),
        ("agents", #"{"name":"","password":"x"}"#), ("agents", #"{"name":"5001","password":"x"}"#),
        ("agents", #"{"name":"6001","password":"x","numbers":["5001"]}"#),
        ("agents", #"{"name":"6001","password":"x","numbers":"6001"}"#),
        ("agents", #"{"name":"6001","password":"x","loggedIn":"no"}"#),
        ("restart", #"{"losingCalls":"yes"}"#), ("advise", #"{"advice":"retry"}"#),
    ])
    func `a mistake is refused with a sentence, and nothing is done`(row: String, body: String) async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            let reply = try await control.post("/simulator/\(row)", body)
            #expect(reply.status == 400)
            #expect(try reply.json["error"]?.string?.isEmpty == false)
            #expect(try await control.get("/simulator/faults").json["faults"]?.elements == [])
            #expect(await simulator.currentCalls.isEmpty)
            #expect(try await control.get("/simulator/agents").json["agents"]?.elements.count == 5)
        }
    }

    @Test(arguments: ["forget-clients", "refuse-logins", "cut-polls"])
    func `who is named must exist`(row: String) async throws {
        try await withSimulator { _, url in
            let reply = try await Browser(url).post("/simulator/\(row)", #"{"agent":"nobody"}"#)
            #expect(reply.status == 404)
        }
    }

    @Test(arguments: ["requests", "conversations", "notifications"])
    func `there is nothing after the last number that there could be`(list: String) async throws {
        try await withSimulator { _, url in
            let control = Browser(url)
            let reply = try await control.get("/simulator/\(list)?after=\(Int.max)")
            #expect(reply.body == #"{"\#(list)":[]}"#)
            #expect(try await control.get("/simulator/\(list)?after=x").status == 400)
        }
    }

    @Test func `a poll is awaited of those who exist, and not for ever`() async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            let queries = [
                "held-poll?agent=nobody", "held-poll?agent=5001&wait=0.05", "notifications?wait=0.05",
            ]
            var statuses: [Int] = []
            for query in queries { statuses.append(try await control.get("/simulator/\(query)").status) }
            #expect(statuses == [404, 504, 200])
            #expect(await simulator.journalWaiterCount == 0)
        }
    }

    @Test(arguments: ["/simulatorx/agents", "/simulator-/agents"])
    func `what only begins like the control API is not it`(path: String) async throws {
        try await withSimulator { _, url in
            let reply = try await Browser(url).get(path)
            #expect(reply.status == 403)
        }
    }
}
