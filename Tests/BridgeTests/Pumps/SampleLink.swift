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

    /// The tags of what was acknowledged since settlements were asked for last.
    func acknowledged() -> [UInt64] { settled().acknowledged }

    /// The tags of what was settled since this was asked last.
    func settled() -> (acknowledged: [UInt64], requeued: [UInt64]) {
        let settlements = mailbox.take(ConnectionStatus(lastHeard: .now)).settlements
        func tags(_ settlement: Acks.Settlement) -> [UInt64] {
            settlements.filter { $0.settlement == settlement }.map(\.tag)
        }
        return (tags(.acknowledge), tags(.reject(requeue: true)))
    }
}
