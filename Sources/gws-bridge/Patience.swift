/// How the time is divided that somebody waits for a reply: a command must go to GWS early enough for what it does to be
/// seen, and told, in time.
struct Patience: Sendable, Hashable {
    /// In all.
    let limit: Duration
    /// How long GWS may be tried.
    let sending: Duration
    /// How long the state change may take to be seen; nil where nobody waits for that.
    let confirming: Duration?

    /// - Parameter confirming: how long it may take by itself; it gets no more than half of the limit.
    init(_ limit: Duration, confirming: Duration?) {
        self.limit = limit
        self.confirming = confirming.map { max(.milliseconds(1), min($0, limit / 2)) }
        // Beside it, a tenth for the call to be read at the end, and for the way there and back.
        sending = self.confirming.map { max(.zero, limit - $0 - limit / 10) } ?? limit
    }
}
