import AMQP
import Foundation
import Logging

/// Asks the broker for what it must refuse, to learn whether it would refuse it for want of permission. Nothing is
/// published, taken, declared or bound by it.
///
/// RabbitMQ looks at the permission first (403), then whether the thing is there (404), and only then at what is asked
/// for (406); so it was with 3.10.8, for each of these. With another product none of this is known.
struct BrokerProbe: Sendable {
    enum Answer: Sendable, Hashable {
        case permitted
        /// In the broker's words.
        case refused(String)
        case unclear(String)
    }

    let broker: Broker

    /// A connection each: the broker closes the channel when it refuses something, and that is the end of it.
    func link<Result: Sendable>(
        _ body: @Sendable (AMQPConnection) async throws -> Result
    ) async throws(AMQPError) -> Result {
        do {
            return try await AMQPConnection.withConnection(
                to: broker, name: "gws-bridge check", logger: .silent, body)
        } catch {
            throw error as? AMQPError ?? .disconnected(reason: "\(error)")
        }
    }

    /// A message whose expiration is no number is not routed. (One of another user is not either, save that of an
    /// impersonator.)
    func publishing(to exchange: String, routingKey: String) async -> Answer {
        await answer { link in
            let message = AMQPMessage(
                exchange: exchange, routingKey: routingKey, properties: Properties(expiration: "none"),
                body: [])
            if case .failed(let error) = await link.publish(message) { throw error }
        }
    }

    /// A consumer whose priority is no number is not made.
    func consuming(from queue: String) async -> Answer {
        await answer { _ = try await $0.consume(queue, prefetch: 1, arguments: ["x-priority": "none"]) }
    }

    /// An exchange whose alternate's name is a number is not declared, be it there or not.
    func declaring(_ exchange: Exchange) async -> Answer {
        var exchange = exchange
        exchange.arguments["alternate-exchange"] = 0
        let spoilt = exchange
        return await answer { try await $0.declare(spoilt) }
    }

    /// A queue that expires after no number of milliseconds is not declared, be it there or not. Of a stream that is
    /// there the broker does not look at that, but at its segments' size.
    func declaring(_ queue: Queue) async -> Answer {
        var queue = queue
        queue.arguments["x-expires"] = "none"
        if queue.arguments["x-queue-type"] == "stream" {
            queue.arguments["x-stream-max-segment-size-bytes"] = "none"
        }
        let spoilt = queue
        return await answer { _ = try await $0.declare(spoilt) }
    }

    /// To remove a binding takes the same permissions as to make it, and one with such an argument nobody has made.
    func binding(_ binding: Binding) async -> Answer {
        var binding = binding
        binding.arguments["gws-bridge-check"] = .string("\(UUID())")
        let unknown = binding
        return await answer(whenTaken: .permitted) { try await $0.unbind(unknown) }
    }

    private func answer(
        whenTaken: Answer = .unclear("the broker took what it has to refuse"),
        _ body: @Sendable (AMQPConnection) async throws -> Void
    ) async -> Answer {
        do {
            try await link(body)
            return whenTaken
        } catch {
            switch error {
            case .channelClosed(403, let text, _): return .refused(text)
            case .channelClosed(404, _, _), .channelClosed(406, _, _): return .permitted
            default: return .unclear("\(error)")
            }
        }
    }
}
