public import RawJSON

/// A message that a Bayeux server sent: the bytes it was, and its channel.
///
/// Data messages are not looked into any further; what a meta message says is read when it is asked for. Nothing
/// that a server leaves out or spells differently is an error here: it is nil.
public struct BayeuxMessage: Sendable, Equatable {
    public let json: RawJSON
    /// Empty where the message has none.
    public let channel: String

    public init(_ json: RawJSON) {
        self.json = json
        channel = json["channel"]?.string ?? ""
    }

    /// The messages of an answer: an array of them, or one by itself.
    static func messages(of answer: [UInt8]) throws(BayeuxError) -> [BayeuxMessage] {
        let json: RawJSON
        do {
            // User data may hold a key twice (HTCC API reference, AttachUserData); that is for its reader to mind.
            json = try RawJSON(answer, limits: RawJSON.Limits(depth: 512, allowsDuplicateKeys: true))
        } catch {
            throw .unintelligible(error.description)
        }
        switch json.kind {
        case .array: return json.elements.map(BayeuxMessage.init)
        case .object: return [BayeuxMessage(json)]
        default: throw .unintelligible("neither an array nor an object")
        }
    }
}

/// What meta messages say.
extension BayeuxMessage {
    var isMeta: Bool { channel.hasPrefix("/meta/") }
    var isData: Bool { json.kind == .object && (!channel.isEmpty || json["data"] != nil) }
    var id: String? { json["id"]?.string }
    var isSuccessful: Bool { json["successful"]?.bool ?? false }
    var clientID: String? { json["clientId"]?.string }
    var error: String? { json["error"]?.string.map { String($0.prefix(200)) } }
    var advice: BayeuxAdvice? { json["advice"].map(BayeuxAdvice.init) }
    var connectionTypes: [String]? { json["supportedConnectionTypes"]?.elements.compactMap(\.string) }

    /// The client id is unknown to the server, or came without its cookie. The words behind the number differ
    /// between versions.
    var isForgotten: Bool { error?.hasPrefix("402") ?? false }

    /// The batch number in the answer to a connect.
    var batch: Int? { json["ext"]?["ack"]?.int }

    /// Whether the answer to a handshake grants acknowledgement, and from which batch number on.
    var grantedAcknowledgement: Int? {
        guard let ack = json["ext"]?["ack"] else { return nil }
        if ack.bool == true { return -1 }
        if ack["enabled"]?.bool == true { return ack["batch"]?.int ?? -1 }
        return nil
    }
}

/// What the server would have its client do next. What it leaves out stays as it was.
struct BayeuxAdvice: Sendable, Equatable {
    enum Reconnect: String, Sendable {
        case retry, handshake
        case stop = "none"
    }

    var reconnect: Reconnect?
    /// The pause before the next connect.
    var interval: Duration?
    /// How long the server holds a connect.
    var timeout: Duration?

    init(_ json: RawJSON) {
        reconnect = json["reconnect"]?.string.flatMap(Reconnect.init)
        // Who asks earlier than the server would have it is answered all the same; who sleeps on is deaf.
        interval = json["interval"].flatMap { Self.milliseconds($0, atMost: 60_000) }
        timeout = json["timeout"].flatMap { Self.milliseconds($0, atMost: 600_000) }
    }

    /// A mistake there must not put a session to sleep.
    private static func milliseconds(_ json: RawJSON, atMost longest: Double) -> Duration? {
        json.double.map { .milliseconds(Int64(min(max($0, 0), longest))) }
    }
}
