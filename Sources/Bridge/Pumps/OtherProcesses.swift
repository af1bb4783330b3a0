internal import AMQP
internal import Logging

/// Hears what the other processes of the same prefix tell: outcomes of commands go into this process's ledger, so that one
/// that takes over knows what they did, and markers to the ``ShardHolder``.
///
/// By a queue of its own on each new connection. What is published while there is none it does not hear; where an outcome
/// is missing the call is read to settle a command.
final class OtherProcesses: Sendable {
    private let names: Names
    private let hearsOutcomes: Bool
    private let ledger: Ledger
    private let holder: ShardHolder
    private let queue: OwnQueue

    init(
        configuration: BridgeConfiguration, names: Names, ledger: Ledger, holder: ShardHolder, logger: Logger
    ) {
        self.names = names
        // Who keeps no ledger has nothing to put them into.
        hearsOutcomes = configuration.store.keepsLedger
        self.ledger = ledger
        self.holder = holder
        queue = OwnQueue(
            "\(names.others).\(names.process)", longest: 100_000,
            without: "What other processes do is not heard, since the broker does not permit a queue for it",
            logger: logger)
    }

    /// - Returns: nil where there can be none.
    /// - Throws: ``OwnQueue/Refused``, the first time; `AMQPError`.
    func settle(on connection: AMQPConnection) async throws -> OwnQueue.Consumed? {
        let outcomes = (exchange: names.outcomes, key: "#")
        return try await queue.settle(
            on: connection,
            boundTo: [(names.commands, Marker.anyRoutingKey)] + (hearsOutcomes ? [outcomes] : []))
    }

    /// - Throws: `AMQPError` if the connection is lost or the queue deleted.
    func listen(_ queue: OwnQueue.Consumed?) async throws {
        guard let queue else { return }
        for try await batch in queue.consumer {
            let entries = batch.compactMap { delivery -> LedgerEntry? in
                let message = delivery.message
                if let marker = Marker(message) {
                    holder.heard(marker)
                    return nil
                }
                return LedgerEntry(outcome: message, besides: names.process, at: UnixTime.now())
            }
            // While it cannot be written they would pile up.
            if !entries.isEmpty, ledger.trouble == nil { ledger.note(entries) }
        }
    }
}
