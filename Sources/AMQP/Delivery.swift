/// A message that was delivered, with the means to settle it.
///
/// Settling hands over and returns; the connection's thread tells the broker, many at a time where order allows.
/// Settling twice, or after the connection has ended, does nothing.
public final class Delivery: Sendable {
    public let message: AMQPMessage
    /// Whether the broker has delivered it before; nobody may have seen it then.
    public let isRedelivered: Bool
    let tag: UInt64
    let mailbox: Mailbox

    init(message: AMQPMessage, isRedelivered: Bool, tag: UInt64, mailbox: Mailbox) {
        self.message = message
        self.isRedelivered = isRedelivered
        self.tag = tag
        self.mailbox = mailbox
    }

    /// Whether the broker cannot have given it to another meanwhile: `AMQPConnection.isAlive(at:)` of its connection.
    public func isOurs(at now: ContinuousClock.Instant = .now) -> Bool { mailbox.isAlive(at: now) }

    public func acknowledge() { mailbox.settle(tag, .acknowledge) }

    /// Without `requeue` it goes to the queue's dead letter exchange, if there is one.
    public func reject(requeue: Bool) { mailbox.settle(tag, .reject(requeue: requeue)) }
}
