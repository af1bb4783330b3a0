import NIOHTTP1
import RawJSON

/// What an answer means, one row a line, each with where that is known from: documented (HTCC API reference,
/// ReturnValues, ErrorHandling, CSRFProtection), observed (traffic of 8.5.202), or inferred. Nothing else in this
/// module looks at a status to decide whether GWS got something.
extension Outcome {
    init(_ response: HTTPTransport.Response, now: Int64) {
        let said = GWSAnswer(response.body)
        let kind: Kind
        let detail: String?
        switch (response.status, said.statusCode) {
        // Documented and observed.
        case (200..<300, 0?): (kind, detail) = (.accepted, nil)
        // Observed: some channels of a StartContactCenterSession.
        case (200..<300, 7?): (kind, detail) = (.refused(.partial), said.parts?.text)
        // Inferred from the 403 with the same code.
        case (200..<300, 20?): (kind, detail) = (.refused(.notAuthenticated), "not authenticated")
        // Documented: any code but zero is an error, and nothing was changed.
        case (200..<300, _?): (kind, detail) = (.refused(.gws), nil)
        // A proxy's page, an empty body: it may have been done behind it.
        case (200..<300, nil): (kind, detail) = (.unknown(.gwsError), "the answer has no legible statusCode")
        // Inferred: Jetty's DoSFilter.
        case (429, _): (kind, detail) = (.unreachable(.throttled), "GWS asks for fewer requests")
        // Documented with statusCode 4: no connection to T-Server. With any other body it is Jetty's or a proxy's.
        case (503, _): (kind, detail) = (.unreachable(.unavailable), "GWS is not available")
        // Observed with 403; 401 is what a proxy that asks for credentials says.
        case (401, _), (403, 20?): (kind, detail) = (.refused(.notAuthenticated), "not authenticated")
        // Documented.
        case (403, _) where response.isAboutCSRF:
            (kind, detail) = (.refused(.notAuthenticated), "the CSRF token is not valid")
        // Inferred: a redirect or a client error is never carried out.
        case (300..<500, _): (kind, detail) = (.refused(.gws), nil)
        // Observed: T-Server does not have the device.
        case (500, _?): (kind, detail) = (.refused(.gws), nil)
        // 500 without GWS's JSON, 502, 504: it may have got through.
        default: (kind, detail) = (.unknown(.gwsError), "GWS, or what stands before it, failed")
        }
        self.init(
            kind, httpStatus: response.status, statusCode: said.statusCode, statusMessage: said.statusMessage,
            detail: detail ?? (kind == .accepted ? nil : said.statusMessage ?? "GWS said no")
        )
        if case .unreachable = kind { retryAfter = response.retryAfter(now: now) }
    }

    init(_ failure: HTTPTransport.Failure, now: Int64) {
        // A head was read, and it says enough.
        if let head = failure.head, head.status == 503 || head.status == 429 || failure.kind == .tooLarge {
            self.init(head, now: now)
            return
        }
        let kind: Kind
        switch failure.kind {
        case .notSent: kind = .unreachable(.connect)
        case .timedOut: kind = failure.mayHaveBeenSent ? .unknown(.timedOut) : .unreachable(.connect)
        case .cut, .cancelled, .tooLarge:
            kind = failure.mayHaveBeenSent ? .unknown(.cut) : .unreachable(.connect)
        }
        self.init(kind, httpStatus: failure.head?.status, detail: failure.reason)
    }

    /// The operation was not sent, for the session could not be opened, or GWS would not tell what it leaves out.
    public init(beforeSending error: GWSError) {
        switch error {
        case .loginRefused: self.init(.refused(.notAuthenticated), detail: error.description)
        case .refused(let httpStatus, let statusCode, let statusMessage):
            self.init(
                .refused(.gws), httpStatus: httpStatus, statusCode: statusCode, statusMessage: statusMessage,
                detail: "what the command leaves out is not known: \(error.description)")
        default:
            self.init(.unreachable(.noSession), retryAfter: error.retryAfter, detail: error.description)
        }
    }

    /// Renewing the log-in may help.
    var isAboutLogin: Bool { kind == .refused(.notAuthenticated) }
}

/// What every answer of GWS says (HTCC API reference, ReturnValues), as far as it is legible.
struct GWSAnswer {
    private(set) var statusCode: Int?
    private(set) var statusMessage: String?
    /// Of a bulk operation that was done in part.
    private(set) var parts: BulkAnswer?

    private static let success = Array(#"{"statusCode":0}"#.utf8)

    init(_ body: [UInt8]) {
        if body == Self.success {
            statusCode = 0
            return
        }
        // What is not JSON is not legible, and there is no more to say about it.
        guard let json = try? RawJSON(body, limits: .gws) else { return }
        statusCode = json["statusCode"]?.int
        statusMessage = json["statusMessage"]?.string.map { $0.prefix(bytes: 2000) }
        if statusCode == 7 { parts = BulkAnswer(json) }
    }
}

extension RawJSON.Limits {
    /// User data may hold a key twice (HTCC API reference, AttachUserData).
    static let gws = RawJSON.Limits(depth: 512, allowsDuplicateKeys: true)
}

extension HTTPTransport.Response {
    /// "Missing or invalid Csrf token", as JSON or within a page.
    var isAboutCSRF: Bool {
        status == 403 && String(decoding: body.prefix(4096), as: UTF8.self).lowercased().contains("csrf")
    }

    /// Seconds, or a date; at most a day.
    func retryAfter(now: Int64) -> Duration? {
        guard let text = headers.first(name: "Retry-After") else { return nil }
        guard let seconds = Int64(text) ?? HTTPDate.seconds(text).map({ $0 - now }) else { return nil }
        return .seconds(min(max(seconds, 0), 86400))
    }
}
