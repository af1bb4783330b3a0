/// Why a session with GWS, or reading from it, came to an end. What an operation came to is an `Outcome`.
public enum GWSError: Error, Sendable, Hashable, CustomStringConvertible {
    case invalidServer(String)
    /// The id cannot stand in a path.
    case invalidAddress(String)
    /// The session is running already.
    case running
    /// The session was left for good.
    case left
    /// GWS was not reached: refused, no such host, time-out while connecting, TLS.
    case unreachable(String)
    /// The connection was cut before the answer was complete.
    case disconnected(String)
    case timedOut(String)
    /// 503 or 429.
    case unavailable(httpStatus: Int, retryAfter: Duration?)
    /// GWS does not know this user and password, or does not let them in.
    case loginRefused(String)
    /// GWS answers the log-in with an error, but says nothing against user and password.
    case loginFailed(String)
    /// GWS said no to a request.
    case refused(httpStatus: Int, statusCode: Int?, statusMessage: String?)
    /// An answer that GWS does not give: what stands there may not be GWS.
    case unexpectedAnswer(String)
    /// The CometD server said no.
    case notificationsRefused(String)
    /// The CometD server ended the session and advised against coming back at once.
    case notificationsEnded(String)
    case cancelled

    public enum Remedy: Sendable {
        case tryAgain
        /// Credentials, address or certificates.
        case changeConfiguration
        /// Our own mistake, or our own wish.
        case nothing
    }

    public var remedy: Remedy {
        switch self {
        case .invalidServer, .loginRefused: .changeConfiguration
        case .invalidAddress, .running, .left, .cancelled: .nothing
        case .unreachable, .disconnected, .timedOut, .unavailable, .loginFailed, .refused,
            .unexpectedAnswer, .notificationsRefused, .notificationsEnded:
            .tryAgain
        }
    }

    /// How long GWS asks to be left alone.
    public var retryAfter: Duration? {
        if case .unavailable(_, let retryAfter) = self { retryAfter } else { nil }
    }

    public var description: String {
        switch self {
        case .invalidServer(let reason), .invalidAddress(let reason): reason
        case .running: "the session is running already"
        case .left: "the session was left"
        case .unreachable(let reason): "GWS cannot be reached: \(reason)"
        case .disconnected(let reason): "the connection to GWS was cut: \(reason)"
        case .timedOut(let what): "\(what) took too long"
        case .unavailable(let status, _): "GWS is not available (HTTP \(status))"
        case .loginRefused(let reason): "GWS refuses the log-in: \(reason)"
        case .loginFailed(let reason): "the log-in failed: \(reason)"
        case .refused(let status, let code, let message):
            "GWS refuses (HTTP \(status), statusCode \(code.map(String.init) ?? "none")): \(message ?? "no message")"
        case .unexpectedAnswer(let reason): "this is no answer of GWS: \(reason)"
        case .notificationsRefused(let reason): "GWS refuses to notify: \(reason)"
        case .notificationsEnded(let reason): "GWS ended the notifications: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
