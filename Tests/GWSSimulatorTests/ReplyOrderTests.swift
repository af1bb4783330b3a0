import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReplyOrderTests {
    @Test(arguments: [(ReplyOrder.eventFirst, ["event", "reply"]), (.replyFirst, ["reply", "event"])])
    func `reply and notification come in the order that was chosen`(order: ReplyOrder, expected: [String])
        async throws
    {
        var configuration = SimulatorConfiguration()
        configuration.replyOrder = order
        // Longer than a busy machine needs to pass either on.
        configuration.replyGap = .seconds(1)
        try await withSimulator(configuration) { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let seen = try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    let events = try await conversation.connect().events
                    return events.isEmpty ? "nothing" : "event"
                }
                group.addTask {
                    try await simulator.heldPoll(of: "5001")
                    _ = try await conversation.browser.post(
                        "/api/v2/me/channels/voice", #"{"operationName":"NotReady"}"#)
                    return "reply"
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seen == expected)
        }
    }

    @Test func `a later notification never overtakes one that is delayed`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.replyOrder = .replyFirst
        try await withSimulator(configuration) { simulator, url in
            let conversation = try await Conversation.connected(
                try await Browser.loggedIn(at: url), to: "/v2/me/calls")
            let call = try await simulator.ring(agent: "5001")
            #expect(try await conversation.connect().states == ["Ringing"])
            _ = try await conversation.browser.operate("Answer", on: call)
            await simulator.end(call: call)
            var states: [String] = []
            while states.count < 2 { states += try await conversation.connect().states }
            #expect(states == ["Established", "Released"])
        }
    }
}
