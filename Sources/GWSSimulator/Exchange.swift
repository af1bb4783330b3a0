/// A request as it came, before anybody has looked at it.
struct Received: Sendable {
    let method: String
    /// Decoded, without the query.
    let path: String
    /// With the query, as it stood.
    let target: String
    let query: [String: String]
    let authorization: String?
    let cookies: [String: String]
    let contentType: String?
    /// The value of the header that carries the CSRF token.
    let csrfToken: String?
    let body: [UInt8]

    var isModifying: Bool { method != "GET" && method != "HEAD" && method != "OPTIONS" }
    var isForCometD: Bool { path == Received.cometD || path.hasPrefix(Received.cometD + "/") }
    var isForControl: Bool { path == "/simulator" || path.hasPrefix("/simulator/") }

    /// What follows the API's prefix; nil if it is not there.
    var resource: [String]? {
        let segments = path.split(separator: "/").map(String.init)
        return segments.starts(with: ["api", "v2"]) ? Array(segments.dropFirst(2)) : nil
    }

    /// An operation that the switch must carry out.
    var isForSwitch: Bool {
        method == "POST" && (path == "/api/v2/me" || path.hasPrefix("/api/v2/me/"))
    }
    /// The id of the call that it is about.
    var callID: String? {
        guard let resource, resource.count == 3, resource[1] == "calls" else { return nil }
        return resource[2]
    }

    private static let cometD = "/api/v2/notifications"
}

/// What is answered, or how the connection ends instead.
struct Answer: Sendable {
    enum Ending: Sendable { case complete, cut, cutInTheMiddle }

    var status = 200
    var contentType: String? = "application/json;charset=UTF-8"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var ending = Ending.complete

    static let cut = Answer(ending: .cut)

    static func json(_ json: JSON, status: Int = 200) -> Answer {
        var answer = Answer(status: status)
        json.write(to: &answer.body)
        return answer
    }

    static func text(_ text: String, status: Int, contentType: String?) -> Answer {
        Answer(status: status, contentType: contentType, body: Array(text.utf8))
    }

    static func empty(status: Int) -> Answer { Answer(status: status, contentType: nil) }

    static func refusal(_ refusal: Refusal) -> Answer {
        if refusal == .badCSRFToken {
            return text(
                refusal.statusMessage, status: refusal.httpStatus, contentType: "text/plain;charset=UTF-8")
        }
        return json(
            ["statusCode": .int(refusal.statusCode), "statusMessage": .string(refusal.statusMessage)],
            status: refusal.httpStatus)
    }

    static let accepted = json(["statusCode": 0])

    /// `{"statusCode":0,<name>:<value>}`
    static func resource(_ name: String, _ value: JSON) -> Answer {
        json(.object([.init("statusCode", 0), .init(name, value)]))
    }
}
