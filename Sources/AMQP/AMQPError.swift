/// Why a connection, or one operation on it, could not go on; the words of broker and library are kept.
public enum AMQPError: Error, Sendable, Hashable {
    /// The broker's address or settings make no sense.
    case invalidBroker(reason: String)
    /// Refused, no such host, or no answer in time while connecting.
    case unreachable(endpoint: String, reason: String)
    /// The broker's certificate is not to be trusted, or ours cannot be read.
    case tls(reason: String)
    case authenticationRefused(text: String)
    case virtualHostRefused(text: String)
    /// The broker closed the channel, and with it this connection; `method` is what it took exception to.
    case channelClosed(code: Int, text: String, method: String?)
    /// The broker closed the connection.
    case connectionClosed(code: Int, text: String)
    /// The broker cancelled a consumer: its queue was deleted, or moved.
    case consumerCancelled(tag: String)
    /// Cut, silent for longer than the heartbeat allows, or not speaking AMQP.
    case disconnected(reason: String)
    /// The library hung, or confirms stayed out, until the socket was shut.
    case stalled(reason: String)
    /// The process or its machine stood still for longer than the broker waits: what came meanwhile was not read, and
    /// what had come is not handed out.
    case suspended(for: Duration)
    case timedOut(operation: String)
    /// It would break the connection, so it was refused before anything was written.
    case invalidMessage(reason: String)
    /// The waiting task was cancelled; what was under way may still have happened.
    case cancelled
    /// Closed by us.
    case closed
}

extension AMQPError {
    /// What may be done about it.
    public enum Remedy: Sendable, Hashable {
        case tryAgain
        /// Credentials, permissions, trust or topology: it will fail again until a person changes something.
        case changeConfiguration
        /// It was asked for, or is our own mistake.
        case nothing
    }

    public var remedy: Remedy {
        switch self {
        case .unreachable, .connectionClosed, .consumerCancelled, .disconnected, .stalled, .suspended,
            .timedOut:
            .tryAgain
        case .invalidBroker, .tls, .authenticationRefused, .virtualHostRefused: .changeConfiguration
        case .invalidMessage, .cancelled, .closed: .nothing
        case .channelClosed(let code, let text, _): Self.remedy(channelCode: code, text: text)
        }
    }

    private static func remedy(channelCode code: Int, text: String) -> Remedy {
        switch code {
        // A queue whose node is away answers 404 too; it comes back with the node.
        case 404: text.contains("is down or inaccessible") ? .tryAgain : .changeConfiguration
        case 403: .changeConfiguration
        // 406 also answers a late acknowledgement, which says nothing about the topology.
        case 406: text.contains("inequivalent") || text.contains("invalid") ? .changeConfiguration : .tryAgain
        default: .tryAgain
        }
    }
}

extension AMQPError {
    /// Whether the broker may have ended it over a message that was published: it would do so again, whenever that is
    /// sent. RabbitMQ closes the channel with 406 over a body larger than `max_message_size`, and the connection with 541
    /// over a `reply_to` that it cannot read (3.10.8).
    public var mayBeOverMessage: Bool {
        switch self {
        case .channelClosed(406, _, let method): method == nil || method == "basic.publish"
        case .connectionClosed(let code, _): (501...505).contains(code) || code == 541
        default: false
        }
    }
}

extension AMQPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidBroker(let reason): "invalid broker settings: \(reason)"
        case .unreachable(let endpoint, let reason): "broker \(endpoint) cannot be reached: \(reason)"
        case .tls(let reason): "TLS with the broker failed: \(reason)"
        case .authenticationRefused(let text): "the broker refused the login: \(text)"
        case .virtualHostRefused(let text): "the broker refused the virtual host: \(text)"
        case .channelClosed(let code, let text, let method):
            "the broker closed the channel: \(code) \(text)" + (method.map { " (\($0))" } ?? "")
        case .connectionClosed(let code, let text): "the broker closed the connection: \(code) \(text)"
        case .consumerCancelled(let tag): "the broker cancelled the consumer \(tag)"
        case .disconnected(let reason): "the connection to the broker was lost: \(reason)"
        case .stalled(let reason): "the connection to the broker stalled: \(reason)"
        case .suspended(let pause): "the process stood still for \(pause), longer than a heartbeat"
        case .timedOut(let operation): "the broker did not answer \(operation) in time"
        case .invalidMessage(let reason): "refused before sending: \(reason)"
        case .cancelled: "the waiting task was cancelled"
        case .closed: "the connection was closed by us"
        }
    }
}
