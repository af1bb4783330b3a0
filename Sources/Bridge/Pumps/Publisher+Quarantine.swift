internal import AMQP
internal import Logging

/// Messages over which the broker ends the connection. All that the bridge says goes over the same one: what ends it time
/// and again would keep everything else from the broker.
extension Publisher {
    /// So often a message must have ended a connection of its own to be given up. The broker may have had troubles of
    /// another kind.
    private static let tries = 3

    /// Publishes what is not settled one after another, on connections that carry nothing else, and settles what can be
    /// settled so. What ends each of them is invalid; what cannot be brought to the broker now stays as it is.
    func publishApart(_ messages: [AMQPMessage], _ settlements: inout [Settlement?]) async throws {
        let suspects = settlements.indices.filter { settlements[$0] == nil }
        logger.warning(
            "The broker may have closed the connection over a message, and gets each of them by itself",
            metadata: [LogKeys.count: "\(suspects.count)"])
        var failures = 0
        for index in suspects {
            while settlements[index] == nil {
                switch try await publishAlone(messages[index]) {
                case .failed(let error) where error.mayBeOverMessage:
                    failures += 1
                    if failures >= Self.tries {
                        settlements[index] = .invalid(reason: "\(error)")
                    } else {
                        let pause = Backoff.broker.pause(after: failures, jitter: .random(in: 0..<1))
                        try await ContinuousClock().sleep(for: pause)
                    }
                case let result:
                    settlements[index] = Settlement(result, isLastNack: false)
                    guard settlements[index] != nil else { return }
                }
            }
            failures = 0
        }
    }

    private func publishAlone(_ message: AMQPMessage) async throws -> PublishResult {
        let result: PublishResult
        do {
            result = try await AMQPConnection.withConnection(
                to: configuration.broker, name: "\(configuration.instance) publishing apart", logger: logger
            ) { await $0.publish(message) }
        } catch let error as AMQPError {
            return .failed(error)
        }
        try Task.checkCancellation()
        return result
    }
}

extension PublishResult {
    /// Whether it may be the message's own fault that the connection ended.
    var isSuspicious: Bool {
        if case .failed(let error) = self { error.mayBeOverMessage } else { false }
    }
}

extension Publisher.Settlement? {
    var isInvalid: Bool {
        if case .invalid = self { true } else { false }
    }
}
