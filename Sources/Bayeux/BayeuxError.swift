/// Why a conversation with a Bayeux server came to an end. What may be done about it is for the caller to say.
public enum BayeuxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The answer is no Bayeux answer.
    case unintelligible(String)
    /// The answer does not answer what was asked.
    case unanswered(channel: String)
    /// The server said no. The session may go on: the next run sends the same again.
    case refused(channel: String, error: String?)
    /// The server advised not to come back. The next run begins anew.
    case ended(error: String?)
    /// The server does not speak long-polling.
    case noLongPolling(offered: [String])

    public var description: String {
        switch self {
        case .unintelligible(let reason): "the answer is no Bayeux answer: \(reason)"
        case .unanswered(let channel): "the answer has no reply on \(channel)"
        case .refused(let channel, let error): "\(channel) was refused: \(error ?? "no reason given")"
        case .ended(let error): "the server ended the session: \(error ?? "no reason given")"
        case .noLongPolling(let offered):
            "the server does not offer long-polling, but \(offered.prefix(8).map { $0.prefix(40) })"
        }
    }
}
