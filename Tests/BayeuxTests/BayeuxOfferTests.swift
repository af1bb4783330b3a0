import Testing

@testable import Bayeux

/// What a handshake that is left at once tells of a server.
struct BayeuxOfferTests {
    private struct Refusing: Error {}

    /// Answers the handshake, and keeps what was asked.
    private final class Transport: BayeuxTransport {
        let answer: String
        var refusesToLeave = false
        private(set) var sent: [String] = []

        init(_ answer: String) { self.answer = answer }

        func send(_ request: BayeuxRequest) async throws -> [UInt8] {
            sent.append(String(decoding: request.body, as: UTF8.self))
            if request.kind == .disconnect, refusesToLeave { throw Refusing() }
            return Array(answer.utf8)
        }
    }

    private func handshake(_ more: String) -> String {
        #"[{"channel":"/meta/handshake","successful":true,"clientId":"c1"\#(more)}]"#
    }

    @Test func `transports and acknowledgement are told, and the session is left`() async throws {
        let answer = #","supportedConnectionTypes":["callback-polling","long-polling"],"ext":{"ack":true}"#
        let transport = Transport(handshake(answer))
        let offer = try await BayeuxOffer.ask(over: transport)
        #expect(offer.transports == ["callback-polling", "long-polling"])
        #expect(offer.acknowledges)
        #expect(transport.sent.count == 2)
        #expect(transport.sent[0].contains(#""ext":{"ack":true}"#))
        #expect(transport.sent[1] == #"[{"channel":"/meta/disconnect","clientId":"c1","id":"2"}]"#)
    }

    @Test func `what is not told is not offered`() async throws {
        let offer = try await BayeuxOffer.ask(over: Transport(handshake("")))
        #expect(offer.transports.isEmpty && !offer.acknowledges)
    }

    @Test func `that it could not be left is no matter`() async throws {
        let transport = Transport(handshake(""))
        transport.refusesToLeave = true
        _ = try await BayeuxOffer.ask(over: transport)
    }

    @Test func `a refusal is thrown with the server's words`() async throws {
        let refusal = #"[{"channel":"/meta/handshake","successful":false,"error":"403::Handshake denied"}]"#
        await #expect(throws: BayeuxError.refused(channel: "/meta/handshake", error: "403::Handshake denied"))
        {
            try await BayeuxOffer.ask(over: Transport(refusal))
        }
        await #expect(throws: BayeuxError.unanswered(channel: "/meta/handshake")) {
            try await BayeuxOffer.ask(over: Transport("[]"))
        }
    }
}
