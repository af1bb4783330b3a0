internal import AMQP

extension AMQPError {
    /// Whether the broker, or the queue's name, does not allow what was asked for.
    var isRefusal: Bool {
        switch self {
        // 406 is a limit on the number of queues.
        case .channelClosed(403, _, _), .channelClosed(406, _, _), .invalidMessage: true
        default: false
        }
    }
}
