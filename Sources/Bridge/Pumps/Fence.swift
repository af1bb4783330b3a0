internal import AMQP
internal import NIOConcurrencyHelpers

/// Who may send. A command belongs to the link that it was delivered by: when the broker takes that for dead it gives the
/// command to somebody else, and a process that was suspended learns of it last.
///
/// So nothing is sent but by the link that there is, and only while the broker has been heard lately.
final class Fence: Sendable {
    private struct Link {
        let number: Int
        let connection: AMQPConnection
    }

    private let link = NIOLockedValueBox<Link?>(nil)

    var isOpen: Bool { link.withLockedValue { $0 != nil } }

    func open(_ number: Int, _ connection: AMQPConnection) {
        link.withLockedValue { $0 = Link(number: number, connection: connection) }
    }

    func close() { link.withLockedValue { $0 = nil } }

    enum Passage: Sendable, Hashable {
        case free
        /// The broker has not been heard for so long that it may have given up this process.
        case notHeard
        /// The delivery's link is no more.
        case gone
    }

    func passage(for number: Int) -> Passage {
        guard let link = link.withLockedValue(\.self), link.number == number else { return .gone }
        return link.connection.isHeard ? .free : .notHeard
    }
}
