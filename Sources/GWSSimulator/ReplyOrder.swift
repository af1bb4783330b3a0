/// Which comes first, an operation's HTTP reply or the notification of what it did. GWS promises nothing.
public enum ReplyOrder: String, Sendable, Hashable, CaseIterable {
    /// Both at once, on two connections.
    case together
    case eventFirst = "event-first"
    case replyFirst = "reply-first"
    /// One or the other first, by up to the gap.
    case random

    /// By how much each is to be later; one of them is zero.
    ///
    /// - Parameter chance: From -1 to 1, for ``random``.
    package func delays(gap: Duration, chance: Double) -> (reply: Duration, event: Duration) {
        switch self {
        case .together: (.zero, .zero)
        case .eventFirst: (gap, .zero)
        case .replyFirst: (.zero, gap)
        case .random: chance < 0 ? (gap * -chance, .zero) : (.zero, gap * chance)
        }
    }
}
