import AsyncHTTPClient
import GWSSimulator
import NIOCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    @Test func `an answer in place of the real one comes before anything is done`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(
                Fault(.answer(status: 502, body: "<html>", contentType: "text/html"), method: "POST"))
            let reply = try await browser.operate("Answer", on: call)
            #expect(reply.status == 502)
            #expect(reply.body == "<html>")
            #expect(reply.headers["content-type"] == ["text/html"])
            let entry = await simulator.requests().last
            #expect(entry?.executed == false)
            #expect(entry?.fault == "answer 502 before")
            #expect(await simulator.call(call)?.parties.last?.state == "Ringing")
            #expect(try await browser.operate("Answer", on: call).status == 200)
        }
    }

    @Test func `an answer after the deed hides that it was done`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(Fault(.refusal(500, statusCode: 4, "Oh"), .after, body: "Answer"))
            let reply = try await browser.operate("Answer", on: call)
            #expect(reply.body == #"{"statusCode":4,"statusMessage":"Oh"}"#)
            #expect(await simulator.requests().last?.executed == true)
            #expect(await simulator.call(call)?.parties.last?.state == "Established")
        }
    }

    @Test(arguments: [(Fault.Moment.before, "Ringing"), (.after, "Established")])
    func `a cut connection leaves the deed undone or done`(moment: Fault.Moment, state: String) async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(Fault(.cut, moment, method: "POST"))
            await #expect(throws: (any Error).self) { try await browser.operate("Answer", on: call) }
            #expect(await simulator.call(call)?.parties.last?.state == state)
            #expect(await simulator.requests().last?.status == nil)
        }
    }

    @Test func `half an answer promises more than it has`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            await simulator.inject(Fault(.half, .after, path: "/api/v2/me"))
            await #expect(throws: (any Error).self) { try await browser.get("/api/v2/me") }
            #expect(try await browser.get("/api/v2/me").status == 200)
        }
    }

    @Test func `a delay after the deed lets the event come before the answer`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(
                Fault(.delay(.milliseconds(300)), .after, method: "POST", path: "/me/calls"))
            async let reply = browser.operate("Answer", on: call)
            let told = try await simulator.notification { $0.data.contains("Established") }
            #expect(await simulator.requests().last?.isAnswered == false)
            #expect(told.callID == call)
            #expect(try await reply.status == 200)
            #expect(try await conversation.connect().states == ["Ringing", "Established"])
        }
    }

    @Test func `a notification may come after the answer`() async throws {
        var configuration = SimulatorConfiguration.holding(.milliseconds(20))
        configuration.notificationDelay = .milliseconds(300)
        try await withSimulator(configuration) { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            try await simulator.ring(agent: "5001")
            #expect(try await conversation.connect().events.isEmpty)
            await simulator.inject(Fault(.delay(.milliseconds(400)), body: "/meta/connect"))
            #expect(try await conversation.connect().states == ["Ringing"])
        }
    }

    @Test func `a request that hangs does not keep the simulator from stopping`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        try await withSimulator { simulator, url in
            await simulator.inject(Fault(.hang, path: "/me"))
            let request = HTTPClientRequest(url: url + "/api/v2/me")
            await #expect(throws: (any Error).self) {
                try await HTTPClient.shared.execute(request, timeout: .milliseconds(200))
            }
        }
        #expect(clock.now - start < .seconds(5))
    }

    @Test func `a fault strikes as often as it was told, and only who it was meant for`() async throws {
        try await withSimulator { simulator, url in
            let one = try await Browser.loggedIn("5001", at: url)
            let two = try await Browser.loggedIn("5002", at: url)
            await simulator.inject(
                Fault(.answer(status: 503, body: "", contentType: nil), agent: "5001", times: 2))
            #expect(try await two.get("/api/v2/me").status == 200)
            #expect(try await one.get("/api/v2/me").status == 503)
            #expect(try await one.get("/api/v2/me").status == 503)
            #expect(try await one.get("/api/v2/me").status == 200)
        }
    }

    @Test func `a fault without a number of times lasts until it is removed`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let fault = await simulator.inject(
                Fault(.answer(status: 503, body: "", contentType: nil), times: nil))
            for _ in 0..<3 { #expect(try await browser.get("/api/v2/me").status == 503) }
            await simulator.removeFault(fault)
            #expect(try await browser.get("/api/v2/me").status == 200)
        }
    }

    @Test func `a forgotten client's poll ends well, and the next request does not`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let poll = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            await simulator.forgetClients(of: "5001")
            #expect(try await poll.meta.first?["successful"]?.bool == true)
            #expect(try await conversation.connect().error == "402::Unknown client")
        }
    }

    @Test(arguments: [true, false])
    func `a cut poll may be followed by another of the same client`(inTheMiddle: Bool) async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let poll = Result<Conversation.Answered, any Error> { try await conversation.connect() }
            try await simulator.heldPoll(of: "5001")
            await simulator.cutPolls(of: "5001", inTheMiddle: inTheMiddle)
            let cut = await poll
            #expect(throws: (any Error).self) { try cut.get() }
            try await simulator.ring(agent: "5001")
            #expect(try await conversation.connect().states == ["Ringing"])
        }
    }

    @Test func `advice of a test reaches the client`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let poll = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            try await simulator.advise(#"{"reconnect":"handshake","interval":50}"#, of: "5001")
            #expect(try await poll.meta.first?["advice"]?["reconnect"]?.string == "handshake")
        }
    }

    @Test func `a restart forgets every session and keeps the calls`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser)
            let call = try await simulator.ring(agent: "5001")
            await simulator.restart()
            #expect(try await browser.get("/api/v2/me").status == 403)
            #expect(try await browser.get("/api/v2/me", withCredentials: true).status == 200)
            #expect(try await conversation.connect().error == "402::Unknown client")
            #expect(try await browser.get("/api/v2/me/calls/\(call)").status == 200)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
