/// The CSRF pair, as far as a log-in brought it.
public enum CSRFOffer: Sendable, Hashable {
    /// The server asks for none.
    case none
    /// In this header.
    case token(header: String)
    /// There is one, but no session's cookie that it could belong to.
    case withoutSession
}
