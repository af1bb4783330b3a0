@testable import AMQP

/// A connection that is none: it makes deliveries, and keeps what was settled.
final class SampleLink: Sendable {
    private let mailbox: Mailbox

    init() throws {
        let thread = try ConnectionThread()
        thread.stop()
        mailbox = Mailbox(thread: thread)
    }

    func delivery(_ message: AMQPMessage, tag: UInt64, isRedelivered: Bool) -> Delivery {
        Delivery(message: message, isRedelivered: isRedelivered, tag: tag, mailbox: mailbox)
    }

    /// The tags of what was acknowledged since this was asked last.
    func acknowledged() -> [UInt64] {
        mailbox.take(ConnectionStatus(lastHeard: .now)).settlements.filter { $0.settlement == .acknowledge }
            .map(\.tag)
    }
}
