internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// Hears what the other processes of the same prefix tell: outcomes of commands go into this process's ledger, so that one
/// that takes over knows what they did, and markers to the ``ShardHolder``.
///
/// By a queue of its own on each new connection. What is published while there is none it does not hear; where an outcome
/// is missing the call is read to settle a command.
final class OtherProcesses: Sendable {
    /// The broker does not let it have a queue. The connection is lost over that; the next goes without.
    struct Refused: Error {}

    /// Outcomes that may wait to be heard.
    private static let longest = 100_000

    private let names: Names
    private let hearsOutcomes: Bool
    private let ledger: Ledger
    private let holder: ShardHolder
    private let logger: Logger
    /// Whether there can be none.
    private let isDeaf = NIOLockedValueBox(false)

    init(
        configuration: BridgeConfiguration, names: Names, ledger: Ledger, holder: ShardHolder, logger: Logger
    ) {
        self.names = names
        // Who keeps no ledger has nothing to put them into.
        hearsOutcomes = configuration.store.keepsLedger
        self.ledger = ledger
        self.holder = holder
        self.logger = logger
    }

    /// - Returns: nil where there can be none.
    /// - Throws: ``Refused``, the first time; `AMQPError`.
    func settle(on connection: AMQPConnection) async throws -> Consumer? {
        guard !isDeaf.withLockedValue(\.self) else { return nil }
        let queue = "\(names.others).\(names.process).\(MadeUpID.next())"
        do throws(AMQPError) {
            _ = try await connection.declare(
                Queue(
                    name: queue, durable: false, exclusive: true, autoDelete: true,
                    arguments: ["x-queue-type": "classic", "x-max-length": .int32(Int32(Self.longest))]))
            try await connection.bind(
                Binding(
                    source: names.commands, destination: .queue(queue), routingKey: Marker.anyRoutingKey))
            if hearsOutcomes {
                try await connection.bind(
                    Binding(source: names.outcomes, destination: .queue(queue), routingKey: "#"))
            }
            return try await connection.consume(queue, prefetch: 0, exclusive: true, acknowledges: false)
        } catch {
            guard error.isRefusal else { throw error }
            isDeaf.withLockedValue { $0 = true }
            logger.warning(
                "What other processes do is not heard, since the broker does not permit a queue for it",
                metadata: [LogKeys.queue: "\(queue)", LogKeys.reason: "\(error)"])
            throw Refused()
        }
    }

    /// - Throws: `AMQPError` if the connection is lost or the queue deleted.
    func listen(_ consumer: Consumer?) async throws {
        guard let consumer else { return }
        for try await batch in consumer {
            let entries = batch.compactMap { delivery -> LedgerEntry? in
                let message = delivery.message
                if let marker = Marker(message), let shard = Marker.shard(of: message.routingKey) {
                    holder.heard(marker, of: shard)
                    return nil
                }
                return LedgerEntry(outcome: message, besides: names.process, at: UnixTime.now())
            }
            // While it cannot be written they would pile up.
            if !entries.isEmpty, ledger.trouble == nil { ledger.note(entries) }
        }
    }
}
