import AMQP
import RawJSON
import TestSupport

extension Client {
    /// The last word on the command, in reply.
    func finalReply(to id: String, within limit: Duration = .seconds(20)) async throws -> Said {
        try await said(within: limit, "the final reply to \(id)") {
            $0.exchange.isEmpty && $0.properties.correlationID == id
        }
    }

    /// Waits until GWS has taken the command.
    func acceptance(of id: String, within limit: Duration = .seconds(20)) async throws {
        let messageID = "\(id)/accepted"
        _ = try await inbox.first(within: limit, "\(id) is accepted") {
            $0.properties.messageID == messageID
        }
    }

    func said(
        within limit: Duration, _ what: String, where isMeant: @escaping @Sendable (AMQPMessage) -> Bool
    ) async throws -> Said {
        try Said(
            await inbox.first(within: limit, what) { message in
                isMeant(message) && (try? Said(message))?.isFinal == true
            })
    }

    /// Sends an operation object without its address.
    @discardableResult
    func send(
        members: String, agent: String = "5001", call: String,
        change: (inout Properties) -> Void = { _ in }
    ) async throws -> String {
        try await send(
            Array(#"{"agent":"\#(agent)","callId":"\#(call)",\#(members)}"#.utf8),
            key: "command.\(agent).Test", change: change)
    }
}

extension Said {
    var isFinal: Bool { json["final"]?.bool == true }
    var isAlready: Bool { json["already"]?.bool == true }
    /// `event` or `reading`.
    var confirmedBy: String? { json["confirmedBy"]?["by"]?.string }
    /// The message id of the event that confirmed it.
    var confirmingEvent: String? { json["confirmedBy"]?["messageId"]?.string }
}
