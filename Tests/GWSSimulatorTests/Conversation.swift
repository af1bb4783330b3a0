import GWSSimulator

/// One CometD session as a client has it, message by message.
struct Conversation {
    static let path = "/api/v2/notifications"

    let browser: Browser
    let clientID: String

    /// After the handshake.
    static func begin(_ browser: Browser, acknowledging: Bool = false) async throws -> Conversation {
        let ext = acknowledging ? #","ext":{"ack":true}"# : ""
        let reply = try await browser.post(
            path,
            #"[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"],"id":"1"\#(ext)}]"#
        )
        return Conversation(
            browser: browser, clientID: try reply.json.elements.first?["clientId"]?.string ?? "")
    }

    /// After the handshake, the subscription and the first connect.
    static func connected(
        _ browser: Browser, to channel: String = "/v2/me/*", acknowledging: Bool = false
    ) async throws -> Conversation {
        let conversation = try await begin(browser, acknowledging: acknowledging)
        _ = try await conversation.send("/meta/subscribe", #""subscription":"\#(channel)""#)
        _ = try await conversation.connect()
        return conversation
    }

    /// Posts one message and returns what is answered.
    func send(_ channel: String, _ more: String? = nil, id: String = "7") async throws -> Answered {
        try Answered(try await browser.post(Self.path, message(channel, more, id: id)))
    }

    func connect(ack: Int? = nil, _ more: String? = nil) async throws -> Answered {
        var members = [#""connectionType":"long-polling""#]
        if let ack { members.append(#""ext":{"ack":\#(ack)}"#) }
        if let more { members.append(more) }
        return try await send("/meta/connect", members.joined(separator: ","))
    }

    func message(_ channel: String, _ more: String? = nil, id: String = "7") -> String {
        #"{"channel":"\#(channel)","clientId":"\#(clientID)","id":"\#(id)"\#(more.map { "," + $0 } ?? "")}"#
    }

    /// The answer's messages, sorted into events and the rest.
    struct Answered {
        let reply: Browser.Reply
        let messages: [JSON]

        init(_ reply: Browser.Reply) throws {
            self.reply = reply
            messages = reply.status == 200 ? try reply.json.elements : []
        }

        var events: [JSON] { messages.filter { $0["data"] != nil } }
        var meta: [JSON] { messages.filter { $0["data"] == nil } }
        /// The notificationTypes of the events.
        var types: [String] { events.compactMap { $0["data"]?["notificationType"]?.string } }
        /// The call states of the events.
        var states: [String] { events.compactMap { $0["data"]?["call"]?["state"]?.string } }
        var error: String? { meta.first?["error"]?.string }
    }
}
