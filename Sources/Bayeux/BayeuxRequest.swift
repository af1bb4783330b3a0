import RawJSON

/// What to send next: the bytes, and for how long an answer may be awaited.
public struct BayeuxRequest: Sendable, Equatable {
    public enum Kind: Sendable, Hashable {
        case handshake, subscribe, connect, disconnect
    }

    public let kind: Kind
    /// A JSON array of messages.
    public let body: [UInt8]
    /// To be waited before it is sent, as the server advised.
    public internal(set) var pause: Duration = .zero
    /// For a connect, after how long it has failed. Nil for all else: the caller's bound holds.
    public internal(set) var timeout: Duration?

    let id: String
    /// Whether the server may hold the answer back.
    var isHeld = false
}

/// Encoding. Everything but ids and channels is constant text.
extension BayeuxRequest {
    static func handshake(id: Int, offersAcknowledgement: Bool) -> BayeuxRequest {
        let ext = offersAcknowledgement ? #","ext":{"ack":true}"# : ""
        return BayeuxRequest(
            .handshake, id: id,
            #"{"channel":"/meta/handshake","version":"1.0","minimumVersion":"1.0","supportedConnectionTypes":["long-polling"]"#
                + ext
        )
    }

    static func subscribe(id: Int, clientID: String, to channels: [String]) -> BayeuxRequest {
        let list = channels.map(quoted).joined(separator: ",")
        return BayeuxRequest(
            .subscribe, id: id,
            #"{"channel":"/meta/subscribe","clientId":\#(quoted(clientID)),"subscription":[\#(list)]"#
        )
    }

    /// - Parameter acknowledging: The last batch that was handled, where the server has the extension.
    static func connect(id: Int, clientID: String, acknowledging batch: Int?, isImmediate: Bool)
        -> BayeuxRequest
    {
        let advice = isImmediate ? #","advice":{"timeout":0}"# : ""
        let ext = batch.map { #","ext":{"ack":\#($0)}"# } ?? ""
        return BayeuxRequest(
            .connect, id: id,
            #"{"channel":"/meta/connect","clientId":\#(quoted(clientID)),"connectionType":"long-polling"\#(advice)\#(ext)"#
        )
    }

    static func disconnect(id: Int, clientID: String, from channels: [String]) -> BayeuxRequest {
        let client = quoted(clientID)
        guard !channels.isEmpty else {
            return BayeuxRequest(
                .disconnect, id: id, #"{"channel":"/meta/disconnect","clientId":\#(client)"#)
        }
        let list = channels.map(quoted).joined(separator: ",")
        return BayeuxRequest(
            .disconnect, id: id + 1,
            #"{"channel":"/meta/unsubscribe","clientId":\#(client),"subscription":[\#(list)],"id":"\#(id)"},"#
                + #"{"channel":"/meta/disconnect","clientId":\#(client)"#
        )
    }

    private init(_ kind: Kind, id: Int, _ messageWithoutID: String) {
        self.kind = kind
        self.id = String(id)
        body = Array("[\(messageWithoutID),\"id\":\"\(id)\"}]".utf8)
    }

    private static func quoted(_ string: String) -> String {
        String(decoding: RawJSON.quoted(string), as: UTF8.self)
    }
}
