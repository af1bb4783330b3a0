import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AcknowledgementTests {
    @Test func `it is granted only where it is switched on and asked for`() async throws {
        try await withSimulator(Self.acknowledging) { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let asked = try await browser.post(
                Conversation.path, #"[{"channel":"/meta/handshake","version":"1.0","ext":{"ack":true}}]"#)
            #expect(try asked.json.elements.first?["ext"]?["ack"]?.bool == true)
            let silent = try await browser.post(Conversation.path, CometDTests.handshake)
            #expect(try silent.json.elements.first?["ext"] == nil)
        }
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let asked = try await browser.post(
                Conversation.path, #"[{"channel":"/meta/handshake","version":"1.0","ext":{"ack":true}}]"#)
            #expect(try asked.json.elements.first?["ext"] == nil)
        }
    }

    @Test func `a batch that is not acknowledged comes again, before what is newer`() async throws {
        try await withSimulator(Self.acknowledging) { simulator, url in
            let conversation = try await Conversation.connected(
                try await Browser.loggedIn(at: url), acknowledging: true)
            let call = try await simulator.ring(agent: "5001")
            let first = try await conversation.connect(ack: 1)
            #expect(first.states == ["Ringing"])
            try await simulator.answer(call: call)
            let again = try await conversation.connect(ack: 1)
            #expect(again.states == ["Ringing", "Established"])
            let batch = try #require(again.meta.first?["ext"]?["ack"]?.int)
            #expect(try await conversation.connect(ack: batch).events.isEmpty)
        }
    }

    @Test func `an answer that is lost is not lost with acknowledgements, and is without`() async throws {
        for acknowledges in [true, false] {
            var configuration = Self.acknowledging
            configuration.acknowledges = acknowledges
            try await withSimulator(configuration) { simulator, url in
                let conversation = try await Conversation.connected(
                    try await Browser.loggedIn(at: url), acknowledging: true)
                try await simulator.ring(agent: "5001")
                await simulator.inject(Fault(.cut, .after, body: "/meta/connect"))
                await #expect(throws: (any Error).self) { try await conversation.connect(ack: 1) }
                #expect(try await conversation.connect(ack: 1).states == (acknowledges ? ["Ringing"] : []))
            }
        }
    }

    @Test func `events come with connects only`() async throws {
        try await withSimulator(Self.acknowledging) { simulator, url in
            let conversation = try await Conversation.connected(
                try await Browser.loggedIn(at: url), acknowledging: true)
            try await simulator.ring(agent: "5001")
            let answered = try await conversation.send("/meta/subscribe", #""subscription":"/a""#)
            #expect(answered.events.isEmpty)
            #expect(try await conversation.connect(ack: 1).states == ["Ringing"])
        }
    }

    private static var acknowledging: SimulatorConfiguration {
        var configuration = SimulatorConfiguration.holding(.milliseconds(50))
        configuration.acknowledges = true
        return configuration
    }
}
