import Testing

@testable import Bayeux

struct BayeuxClientTests {
    private struct Cut: Error, BayeuxTransportError { var mayHaveBeenReceived: Bool }
    private struct NotHandled: Error {}

    /// Answers from a list, then fails.
    private final class ScriptedTransport: BayeuxTransport {
        var answers: [String]
        var sent: [BayeuxRequest] = []
        let end: any Error

        init(_ answers: [String], end: any Error = Cut(mayHaveBeenReceived: true)) {
            self.answers = answers
            self.end = end
        }

        func send(_ request: BayeuxRequest) async throws -> [UInt8] {
            sent.append(request)
            guard !answers.isEmpty else { throw end }
            return Array(answers.removeFirst().utf8)
        }
    }

    private static let start = [
        #"[{"channel":"/meta/handshake","successful":true,"clientId":"c1"}]"#,
        #"[{"channel":"/meta/subscribe","successful":true}]"#,
        #"[{"channel":"/meta/connect","successful":true}]"#,
    ]
    private static let poll =
        #"[{"channel":"/meta/connect","successful":true},{"channel":"/v2/me/calls","data":{}}]"#

    private let client = BayeuxClient(subscriptions: ["/v2/me/*"], offersAcknowledgement: true)

    @Test func `it ends with the transport's error, and goes on from there`() async throws {
        let transport = ScriptedTransport(Self.start)
        var events: [BayeuxSession.Event] = []
        await #expect(throws: Cut.self) { try await client.run(over: transport) { events.append($0) } }
        #expect(events == [.started(.first)])
        #expect(transport.sent.map(\.kind) == [.handshake, .subscribe, .connect, .connect])

        let next = ScriptedTransport([Self.poll])
        await #expect(throws: Cut.self) { try await client.run(over: next) { events.append($0) } }
        #expect(next.sent.map(\.kind) == [.connect, .connect])
        #expect(events.count == 3)
        #expect(events[1] == .pollLost)
    }

    @Test func `a poll that certainly was not sent is no loss`() async throws {
        let transport = ScriptedTransport(Self.start, end: Cut(mayHaveBeenReceived: false))
        var events: [BayeuxSession.Event] = []
        await #expect(throws: Cut.self) { try await client.run(over: transport) { events.append($0) } }
        let next = ScriptedTransport([#"[{"channel":"/meta/connect","successful":true}]"#])
        await #expect(throws: Cut.self) { try await client.run(over: next) { events.append($0) } }
        #expect(events == [.started(.first), .quiet])
    }

    @Test func `events are handled before the next request is sent`() async throws {
        let transport = ScriptedTransport(Self.start + [Self.poll])
        await #expect(throws: Cut.self) {
            try await client.run(over: transport) { event in
                #expect(transport.sent.count == (event == .started(.first) ? 3 : 4))
            }
        }
    }

    @Test func `what could not be handled ends the run and is handled again`() async throws {
        let transport = ScriptedTransport(Self.start + [Self.poll])
        await #expect(throws: NotHandled.self) {
            try await client.run(over: transport) { event in
                if case .messages = event { throw NotHandled() }
            }
        }
        #expect(transport.sent.count == 4)
        var events: [BayeuxSession.Event] = []
        await #expect(throws: Cut.self) { try await client.run(over: transport) { events.append($0) } }
        #expect(events.count == 1)
    }
}
