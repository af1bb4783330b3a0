import AMQP
import Logging
import NIOConcurrencyHelpers

/// Publishes one command and waits for what is answered, by the broker's direct reply-to.
struct Requester: Sendable {
    /// How the waiting ended.
    enum Ended: Sendable, Hashable {
        /// With the last reply that there was to wait for.
        case answered(ReplyLine.Verdict)
        /// - Parameter afterReply: whether there was one, and another to wait for.
        case timedOut(afterReply: Bool)
    }

    let broker: Broker
    /// Whether to keep from the bridge who asks.
    let isAnonymous: Bool
    /// Whether no more replies are to be waited for.
    let repliesAreDone: @Sendable (ReplyLine) -> Bool

    private static let replyQueue = "amq.rabbitmq.reply-to"

    func send(
        _ message: AMQPMessage, with patience: Patience, print: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> Ended {
        do {
            return try await AMQPConnection.withConnection(
                to: broker, name: "gws-bridge send", logger: .silent
            ) { link in
                try await exchange(message, over: link, with: patience, print: print)
            }
        } catch let error as AMQPError {
            throw Self.failure(error, message)
        }
    }

    /// The time for the reply begins when the broker has the command: until then, not even the bridge can be late.
    private func exchange(
        _ message: AMQPMessage, over link: AMQPConnection, with patience: Patience,
        print: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> Ended {
        // The consumer first: the broker refuses a message that asks for replies nobody could get.
        let replies = try await link.consume(Self.replyQueue, prefetch: 0, acknowledges: false)
        var message = message
        message.properties.replyTo = Self.replyQueue
        message.properties.expire(with: patience)
        if !isAnonymous { message.properties.name(userOf: link, of: broker) }
        try Self.check(await link.publish(message), message)
        let correlation = message.properties.correlationID
        let hasReply = NIOLockedValueBox(false)
        let last = try await within(patience.limit) {
            try await verdict(of: replies, to: correlation) { body in
                hasReply.withLockedValue { $0 = true }
                print(body)
            }
        }
        return last.map(Ended.answered) ?? .timedOut(afterReply: hasReply.withLockedValue { $0 })
    }

    private func verdict(
        of replies: Consumer, to correlation: String?, print: @Sendable ([UInt8]) -> Void
    ) async throws -> ReplyLine.Verdict {
        for try await batch in replies {
            for delivery in batch
            where delivery.message.properties.correlationID == correlation {
                print(delivery.message.body)
                guard let line = ReplyLine(body: delivery.message.body) else {
                    throw CommandFailure(.uncertain, "the reply is none that this version understands")
                }
                if repliesAreDone(line) { return line.verdict }
            }
        }
        throw AMQPError.closed
    }

    private static func check(_ result: PublishResult, _ message: AMQPMessage) throws {
        switch result {
        case .confirmed: return
        case .returned:
            throw CommandFailure(
                .unavailable,
                "the broker could not route the command: nothing is bound to \(message.exchange) for "
                    + "\(message.routingKey). Is the bridge running, with the same prefix?")
        case .nacked: throw CommandFailure(.unavailable, "the broker could not take the command; try again")
        case .failed(let error): throw error
        }
    }

    private static func failure(_ error: AMQPError, _ message: AMQPMessage) -> CommandFailure {
        guard case .channelClosed(404, _, _) = error else {
            return CommandFailure(error, names: message.exchange)
        }
        return CommandFailure(
            .unavailable,
            "the exchange \(message.exchange) is not there. Is the bridge running, on the same broker and virtual host, "
                + "with the same prefix?")
    }
}

extension Logger {
    /// For commands that say themselves what is to be said.
    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}
