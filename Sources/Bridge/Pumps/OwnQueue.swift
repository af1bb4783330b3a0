internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// A queue that only this process consumes: another on each new connection, which goes with it.
///
/// A user of the broker may not be permitted to have one; then the bridge does without.
final class OwnQueue: Sendable {
    /// The broker does not let it be. The connection is lost over that; the next goes without.
    struct Refused: Error {}

    struct Consumed: Sendable {
        let name: String
        let consumer: Consumer
    }

    /// What its name begins with.
    let head: String
    private let longest: Int32?
    /// What is said where there can be none.
    private let loss: Logger.Message
    private let logger: Logger
    private let isRefused = NIOLockedValueBox(false)

    /// - Parameters:
    ///   - head: what its name begins with.
    ///   - longest: messages that may wait; the oldest go first. Nil for any number.
    init(_ head: String, longest: Int32? = nil, without loss: Logger.Message, logger: Logger) {
        self.head = head
        self.longest = longest
        self.loss = loss
        self.logger = logger
    }

    /// - Parameter sources: what is bound to it: exchanges, and keys of theirs.
    /// - Returns: nil where there can be none.
    /// - Throws: ``Refused``, the first time; `AMQPError`.
    func settle(
        on connection: AMQPConnection, boundTo sources: [(exchange: String, key: String)] = []
    ) async throws -> Consumed? {
        guard !isRefused.withLockedValue(\.self) else { return nil }
        // Another each time: the broker may not have missed the connection before, and what was its own, yet.
        let name = "\(head).\(MadeUpID.next())"
        var arguments: FieldTable = ["x-queue-type": "classic"]
        arguments["x-max-length"] = longest.map(FieldValue.int32)
        do throws(AMQPError) {
            _ = try await connection.declare(
                Queue(name: name, durable: false, exclusive: true, autoDelete: true, arguments: arguments))
            for (exchange, key) in sources {
                try await connection.bind(
                    Binding(source: exchange, destination: .queue(name), routingKey: key))
            }
            return Consumed(
                name: name,
                consumer: try await connection.consume(
                    name, prefetch: 0, exclusive: true, acknowledges: false))
        } catch {
            guard error.isRefusal else { throw error }
            isRefused.withLockedValue { $0 = true }
            logger.warning(
                loss, metadata: [LogKeys.queue: "\(name)", LogKeys.reason: "\(error)"])
            throw Refused()
        }
    }
}

extension AMQPError {
    /// Whether the broker, or the queue's name, does not allow what was asked for.
    fileprivate var isRefusal: Bool {
        switch self {
        // 406 is a limit on the number of queues.
        case .channelClosed(403, _, _), .channelClosed(406, _, _), .invalidMessage: true
        default: false
        }
    }
}
