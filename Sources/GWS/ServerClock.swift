/// What the server's clock showed, by the `Date` of an answer, and what ours did meanwhile. Unix milliseconds.
public struct ServerClock: Sendable, Hashable {
    public let date: Int64
    public let sent: Int64
    public let received: Int64

    public init(date: Int64, sent: Int64, received: Int64) {
        self.date = date
        self.sent = sent
        self.received = received
    }

    /// By how much the server's clock is ahead of ours, in milliseconds; negative if it is behind. Zero as long as the
    /// answer's way and the date's whole seconds explain all of the difference.
    public var lead: Int64 {
        let least = date - received
        let most = date + 999 - sent
        if least > 0 { return least }
        return most < 0 ? most : 0
    }
}
