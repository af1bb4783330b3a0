import RawJSON

@testable import Bayeux

/// A conversation as a test tells it: the server's words in, what the session makes of them out.
final class Script {
    var session: BayeuxSession
    private(set) var request: BayeuxRequest?

    init(acknowledging: Bool = false) {
        session = BayeuxSession(subscriptions: ["/v2/me/*", "/v2/me"], offersAcknowledgement: acknowledging)
    }

    /// A session whose first connect was answered, and whose start was told.
    static func polling(acknowledging: Bool = false) -> Script {
        let script = Script(acknowledging: acknowledging)
        let ext = acknowledging ? #","ext":{"ack":true}"# : ""
        _ = script.exchange(script.handshakeReply(ext))
        _ = script.exchange(script.reply("/meta/subscribe"))
        _ = script.exchange(script.reply("/meta/connect", acknowledging ? #","ext":{"ack":0}"# : ""))
        return script
    }

    func handshakeReply(_ more: String = "", clientID: String = "c1") -> String {
        reply(
            "/meta/handshake",
            #","clientId":"\#(clientID)","supportedConnectionTypes":["long-polling"]"# + more)
    }

    func reply(_ channel: String, _ more: String = "", successful: Bool = true) -> String {
        #"{"channel":"\#(channel)","successful":\#(successful)\#(more)}"#
    }

    /// Sends the next request, answers it with these messages, and handles the events.
    func exchange(_ messages: String...) -> (events: [BayeuxSession.Event], failure: BayeuxError?) {
        exchange(answer: "[" + messages.joined(separator: ",") + "]")
    }

    func exchange(answer: String) -> (events: [BayeuxSession.Event], failure: BayeuxError?) {
        let request = next()
        let failure = session.receive(Array(answer.utf8), to: request)
        var events: [BayeuxSession.Event] = []
        while let event = session.event {
            events.append(event)
            session.handled()
        }
        return (events, failure)
    }

    func next() -> BayeuxRequest {
        let next = session.next()
        request = next
        return next
    }

    /// The next request is sent, and no answer comes.
    func lose() {
        session.lose(next())
    }
}

extension BayeuxRequest {
    var message: RawJSON {
        get throws { try RawJSON(body).elements.first { _ in true }! }
    }

    var channel: String {
        get throws { try message["channel"]?.string ?? "" }
    }
}

func event(_ name: String) -> String { #"{"data":{"name":"\#(name)"},"channel":"/v2/me/calls"}"# }

extension BayeuxSession.Event {
    /// The names of `event(_:)`.
    var names: [String] {
        guard case .messages(let messages) = self else { return [] }
        return messages.map { $0.json["data"]?["name"]?.string ?? "?" }
    }
}
