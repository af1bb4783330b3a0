internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// Messages by which the bridge learns whether the broker takes any.
extension Publisher {
    struct Probing {
        /// The connection that one is out on, or was when it was lost.
        var connection: ObjectIdentifier?
        var isRefused = false
    }

    /// The broker does not let the bridge publish by the default exchange. Replies need that; but nobody may ever want
    /// one.
    struct ProbeRefused: Error, CustomStringConvertible {
        let end: AMQPError

        var description: String { "\(end)" }
    }

    /// Whether there is a broker that takes messages just now, and these.
    var takesProbes: Bool {
        guard let status, !status.isBlocked else { return false }
        return !probing.withLockedValue(\.isRefused)
    }

    /// Publishes once, on the connection that there is, and counts nothing.
    ///
    /// - Returns: whether the broker has answered, be it with a refusal.
    func probe(_ message: AMQPMessage) async -> Bool {
        guard takesProbes, let connection = link.value else { return false }
        probing.withLockedValue { $0.connection = ObjectIdentifier(connection) }
        if case .failed = await connection.publish(message) { return false }
        probing.withLockedValue { $0.connection = nil }
        return true
    }

    /// What the end of a connection is to be taken for. One that was lost over a probe is no reason to end it all: there
    /// will be no more of them.
    func reason(of end: AMQPError, on connection: AMQPConnection) -> any Error {
        guard case .channelClosed(403, _, _) = end else { return end }
        let isNews = probing.withLockedValue { probing in
            guard probing.connection == ObjectIdentifier(connection), !probing.isRefused else { return false }
            probing.isRefused = true
            return true
        }
        guard isNews else { return end }
        logger.warning(
            "Nothing is sent to the bridge itself, since the broker does not permit it",
            metadata: [LogKeys.reason: "\(end)"])
        return ProbeRefused(end: end)
    }
}
