/// Which comes first, an operation's HTTP reply or the notification of what it did. GWS promises nothing.
public enum ReplyOrder: String, Sendable, Hashable, CaseIterable {
    /// Both at once, on two connections.
    case together
    case eventFirst = "event-first"
    case replyFirst = "reply-first"
    /// One or the other first, by up to ``gap``.
    case random

    /// As far as the two were seen apart on a live system, most of the time.
    public static let gap = Duration.milliseconds(50)

    /// By how much each is to be later; one of them is zero.
    ///
    /// - Parameter chance: From -1 to 1, for ``random``.
    package func delays(chance: Double) -> (reply: Duration, event: Duration) {
        switch self {
        case .together: (.zero, .zero)
        case .eventFirst: (Self.gap, .zero)
        case .replyFirst: (.zero, Self.gap)
        case .random: chance < 0 ? (Self.gap * -chance, .zero) : (.zero, Self.gap * chance)
        }
    }
}
