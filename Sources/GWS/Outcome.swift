/// What a POST came to.
///
/// Accepted and refused are GWS's word. Unreachable means that GWS certainly did not get it, so it may be sent again;
/// unknown means that it may have got it.
public struct Outcome: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case accepted
        case refused(Refusal)
        case unreachable(Unreachability)
        case unknown(Doubt)
    }

    /// The raw values are the reasons of the contract.
    public enum Refusal: String, Sendable, CaseIterable {
        case gws
        case partial
        case notAuthenticated = "not-authenticated"
    }

    public enum Unreachability: String, Sendable, CaseIterable {
        case connect
        case unavailable
        case throttled
        case noSession = "no-session"
    }

    public enum Doubt: String, Sendable, CaseIterable {
        case timedOut = "timed-out"
        case cut
        case gwsError = "gws-error"
    }

    public var kind: Kind
    public var httpStatus: Int?
    public var statusCode: Int?
    public var statusMessage: String?
    /// How long GWS asks to be left alone.
    public var retryAfter: Duration?
    /// What happened, in a sentence without secrets.
    public var detail: String?

    public init(
        _ kind: Kind, httpStatus: Int? = nil, statusCode: Int? = nil, statusMessage: String? = nil,
        retryAfter: Duration? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.httpStatus = httpStatus
        self.statusCode = statusCode
        self.statusMessage = statusMessage
        self.retryAfter = retryAfter
        self.detail = detail
    }
}
