import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct CometDTests {
    @Test func `a handshake gives a client id, advice and the browser cookie`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.post(Conversation.path + "/handshake", Self.handshake)
            let message = try #require(try reply.json.elements.first)
            #expect(message["successful"]?.bool == true)
            #expect(message["clientId"]?.string?.isEmpty == false)
            #expect(message["advice"]?.serialized == #"{"interval":0,"timeout":30000,"reconnect":"retry"}"#)
            #expect(message["ext"] == nil)
            #expect(await browser.cookies["BAYEUX_BROWSER"] != nil)
        }
    }

    @Test func `a handshake shares its request with nothing`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let batch = "[\(Self.handshake),{\"channel\":\"/meta/connect\",\"clientId\":\"x\"}]"
            #expect(try await browser.post(Conversation.path, batch).status == 500)
        }
    }

    @Test func `the first connect is answered at once, the second is held for the configured time`()
        async throws
    {
        try await withSimulator(.holding(.milliseconds(300))) { _, url in
            let conversation = try await Conversation.begin(try await Browser.loggedIn(at: url))
            let clock = ContinuousClock()
            let first = try await conversation.connect()
            #expect(first.meta.first?["advice"]?["reconnect"]?.string == "retry")
            let start = clock.now
            let second = try await conversation.connect()
            #expect(clock.now - start >= .milliseconds(300))
            #expect(
                second.meta.first?.serialized == #"{"channel":"/meta/connect","id":"7","successful":true}"#)
        }
    }

    @Test func `of connects that come together every one is answered, and every session may expire`()
        async throws
    {
        var configuration = SimulatorConfiguration.holding(.seconds(30))
        configuration.expiry = .seconds(2)
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let first = try await Conversation.begin(browser)
            let second = try await Conversation.begin(browser)
            let batch = [first.message("/meta/connect", id: "1"), second.message("/meta/connect", id: "2")]
            let reply = try await browser.post(Conversation.path, "[\(batch.joined(separator: ","))]")
            #expect(try reply.json.elements.map { $0["id"]?.string } == ["1", "2"])
            #expect(try reply.json.elements.map { $0["successful"]?.bool } == [true, true])
            try await simulator.noClient(of: "5001")
        }
    }

    @Test func `no client has its connect held for longer than the server holds any`() async throws {
        try await withSimulator(.holding(.milliseconds(20))) { _, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let answered = try await conversation.connect(
                ack: nil, #""advice":{"timeout":9223372036854775807}"#)
            #expect(answered.meta.first?["successful"]?.bool == true)
        }
    }

    @Test func `an event ends the held connect and stands before its reply`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let poll = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            try await simulator.ring(agent: "5001")
            let answered = try await poll
            #expect(answered.states == ["Ringing"])
            #expect(answered.messages.first?["channel"]?.string == "/v2/me/calls")
            #expect(answered.messages.last?["channel"]?.string == "/meta/connect")
            #expect(
                await simulator.notifications().first.map { answered.reply.body.contains($0.message) } == true
            )
        }
    }

    @Test func `events between two connects come with the next, in their order`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let call = try await simulator.ring(agent: "5001")
            try await simulator.answer(call: call)
            await simulator.end(call: call)
            #expect(try await conversation.connect().states == ["Ringing", "Established", "Released"])
        }
    }

    @Test func `events ride on any reply`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            try await simulator.ring(agent: "5001")
            let answered = try await conversation.send("/meta/subscribe", #""subscription":"/v2/me""#)
            #expect(answered.states == ["Ringing"])
            #expect(answered.meta.first?["subscription"]?.string == "/v2/me")
        }
    }

    @Test(arguments: [
        ("/v2/me/calls", true), ("/v2/me/*", true), ("/v2/**", true), ("/**", true), ("/v2/*", false),
        ("/v2/me/devices", false), ("/v2/me", false),
    ])
    func `a subscription reaches the channels it names`(subscription: String, reaches: Bool) async throws {
        try await withSimulator(.holding(.milliseconds(20))) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser, to: subscription)
            try await simulator.ring(agent: "5001")
            #expect(try await conversation.connect().events.isEmpty != reaches)
        }
    }

    @Test func `several subscriptions may be made at once, and ended`() async throws {
        try await withSimulator(.holding(.milliseconds(20))) { simulator, url in
            let conversation = try await Conversation.begin(try await Browser.loggedIn(at: url))
            let channels = #""subscription":["/v2/me/calls","/v2/me/devices"]"#
            #expect(
                try await conversation.send("/meta/subscribe", channels).meta.first?["successful"]?.bool
                    == true)
            _ = try await conversation.connect()
            _ = try await conversation.send("/meta/unsubscribe", #""subscription":"/v2/me/calls""#)
            try await simulator.ring(agent: "5001")
            #expect(try await conversation.connect().events.isEmpty)
        }
    }

    @Test func `every session of an agent gets its events, and no other agent's`() async throws {
        try await withSimulator(.holding(.milliseconds(20))) { simulator, url in
            let one = try await Conversation.connected(try await Browser.loggedIn("5001", at: url))
            let two = try await Conversation.connected(try await Browser.loggedIn("5001", at: url))
            let other = try await Conversation.connected(try await Browser.loggedIn("5002", at: url))
            try await simulator.ring(agent: "5001")
            #expect(try await one.connect().states == ["Ringing"])
            #expect(try await two.connect().states == ["Ringing"])
            #expect(try await other.connect().events.isEmpty)
        }
    }

    @Test func `an unknown client is advised to shake hands on a connect only`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let stranger = Conversation(browser: browser, clientID: "unknown")
            let connect = try await stranger.connect()
            #expect(connect.error == "402::Unknown client")
            #expect(connect.meta.first?["advice"]?["reconnect"]?.string == "handshake")
            let subscribe = try await stranger.send("/meta/subscribe", #""subscription":"/v2/me/*""#)
            #expect(subscribe.error == "402::Unknown client")
            #expect(subscribe.meta.first?["advice"] == nil)
        }
    }

    @Test func `a client id without its browser cookie is unknown`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser)
            await browser.setCookie("BAYEUX_BROWSER", nil)
            #expect(try await conversation.connect().error == "402::Unknown client")
        }
    }

    @Test func `another agent cannot use a client id`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn("5001", at: url)
            let conversation = try await Conversation.connected(browser)
            let thief = try await Browser.loggedIn("5002", at: url)
            await thief.setCookie("BAYEUX_BROWSER", await browser.cookies["BAYEUX_BROWSER"])
            let stolen = Conversation(browser: thief, clientID: conversation.clientID)
            #expect(try await stolen.connect().error == "402::Unknown client")
        }
    }

    @Test func `a session without a connect in time is forgotten`() async throws {
        var configuration = SimulatorConfiguration.holding(.milliseconds(20))
        configuration.expiry = .milliseconds(50)
        try await withSimulator(configuration) { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            try await simulator.noClient(of: "5001")
            #expect(try await conversation.connect().error == "402::Unknown client")
        }
    }

    @Test func `a second connect ends the first with HTTP 500`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let first = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            async let second = conversation.connect()
            let superseded = try await first.reply
            #expect(superseded.status == 500)
            #expect(superseded.body.isEmpty)
            try await simulator.heldPoll(of: "5001")
            try await simulator.ring(agent: "5001")
            #expect(try await second.states == ["Ringing"])
        }
    }

    @Test func `a disconnect releases the held connect and advises against another`() async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            async let poll = conversation.connect()
            try await simulator.heldPoll(of: "5001")
            #expect(try await conversation.send("/meta/disconnect").meta.first?["successful"]?.bool == true)
            let released = try await poll
            #expect(released.meta.first?["successful"]?.bool == true)
            #expect(released.meta.first?["advice"]?["reconnect"]?.string == "none")
            #expect(await simulator.clientCount(of: "5001") == 0)
        }
    }

    @Test func `a connect among other messages is not held`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let conversation = try await Conversation.connected(browser)
            let subscribe = conversation.message("/meta/subscribe", #""subscription":"/a""#)
            let connect = conversation.message("/meta/connect")
            let answered = try Conversation.Answered(
                try await browser.post(Conversation.path, "[\(subscribe),\(connect)]"))
            #expect(answered.meta.map { $0["channel"]?.string } == ["/meta/subscribe", "/meta/connect"])
        }
    }

    @Test func `sessions that share a browser cookie are not both held`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let one = try await Conversation.connected(browser)
            let two = try await Conversation.connected(browser)
            async let poll = one.connect()
            try await simulator.heldPoll(of: "5001")
            let answered = try await two.connect()
            #expect(answered.meta.first?["advice"]?["multiple-clients"]?.bool == true)
            #expect(answered.meta.first?["advice"]?["interval"]?.int == 2000)
            await simulator.forgetClients()
            _ = try await poll
        }
    }

    @Test(arguments: [
        ("not JSON", "application/json", 400), ("[]", "application/json", 400), ("[]", "text/plain", 400),
    ])
    func `what is no Bayeux is a bad request`(body: String, type: String, status: Int) async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            #expect(try await browser.post(Conversation.path, body, contentType: type).status == status)
        }
    }

    @Test func `a denied handshake advises none`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            await simulator.denyHandshakes(of: "5001")
            let message = try await browser.post(Conversation.path, Self.handshake).json.elements.first
            #expect(message?["error"]?.string == "403::Handshake denied")
            #expect(message?["advice"]?["reconnect"]?.string == "none")
        }
    }

    @Test func `the notifications need a login, and the token`() async throws {
        try await withSimulator { _, url in
            #expect(try await Browser(url).post(Conversation.path, Self.handshake).status == 403)
            let browser = try await Browser.loggedIn(at: url)
            await browser.setToken(nil)
            #expect(try await browser.post(Conversation.path, Self.handshake).status == 403)
        }
    }

    static let handshake =
        #"{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"],"id":"1"}"#
}

extension SimulatorConfiguration {
    static func holding(_ hold: Duration) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.hold = hold
        return configuration
    }
}
