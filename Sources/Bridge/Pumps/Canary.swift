internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// Sends the bridge a small message now and then, by the connection that publishes, and expects it on the one that
/// consumes: that a link is up and deaf, or takes and loses, shows by nothing else.
///
/// ``Vigil`` decides what that means. A queue of its own is on each new connection, which nobody else can consume, and
/// which goes with it.
final class Canary: Sendable {
    /// At least one of the two connections is not to be relied on.
    struct Silent: Error, CustomStringConvertible {
        fileprivate let missing: Vigil.Missing

        var description: String {
            switch missing {
            case .confirm: "the broker did not confirm in time what the bridge sent to itself"
            case .message: "what the bridge sent to itself was confirmed and did not come back in time"
            }
        }
    }

    private struct State {
        /// Alarms in a row.
        var failures = 0
    }

    private let timing: Vigil.Timing
    /// Where it comes back.
    private let queue: OwnQueue
    private let application: String
    private let publisher: Publisher
    private let metrics: LinkMetrics
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(
        configuration: BridgeConfiguration, names: Names, publisher: Publisher, metrics: LinkMetrics,
        logger: Logger
    ) {
        timing = configuration.canary
        // Whatever operators call their instances, it must remain a name.
        queue = OwnQueue(
            "\(names.canary).\(configuration.instance.prefix(40))",
            without:
                "Only confirms are watched, since the broker does not permit a queue for what the bridge sends to itself",
            logger: logger)
        application = names.application
        self.publisher = publisher
        self.metrics = metrics
        self.logger = logger
    }

    /// Why what comes by the broker cannot be relied on, in a sentence.
    var trouble: String? {
        state.withLockedValue(\.failures) == 0
            ? nil : "What the bridge sends to itself by the broker does not come back."
    }

    /// - Returns: nil where there can be none: then only confirms are watched.
    /// - Throws: ``OwnQueue/Refused``, the first time; `AMQPError`.
    func settle(on connection: AMQPConnection) async throws -> OwnQueue.Consumed? {
        try await queue.settle(on: connection)
    }

    /// Watches until it is cancelled, or must give the alarm; then publishing is beginning anew, and so should consuming.
    ///
    /// - Throws: ``Silent``, `CancellationError`, `AMQPError` if the connection is lost or the queue deleted.
    func watch(_ perch: OwnQueue.Consumed?) async throws {
        let vigil = NIOLockedValueBox(
            Vigil(timing, after: state.withLockedValue(\.failures), mustComeBack: perch != nil))
        try await withThrowingTaskGroup { group in
            defer { group.cancelAll() }
            if let perch { group.addTask { try await self.listen(at: perch, vigil) } }
            group.addTask { try await self.keep(vigil, perch) }
            while try await group.next() != nil {}
        }
    }

    private func listen(at perch: OwnQueue.Consumed, _ vigil: NIOLockedValueBox<Vigil>) async throws {
        for try await batch in perch.consumer {
            for delivery in batch {
                guard let number = Int(String(decoding: delivery.message.body, as: UTF8.self)) else {
                    continue
                }
                if vigil.withLockedValue({ $0.cameBack(number) }) { allIsWell() }
            }
        }
    }

    private func keep(_ vigil: NIOLockedValueBox<Vigil>, _ perch: OwnQueue.Consumed?) async throws {
        let clock = ContinuousClock()
        try await withThrowingDiscardingTaskGroup { group in
            var last = clock.now
            while true {
                let now = clock.now
                let elapsed = now - last
                last = now
                let mayPublish = publisher.takesProbes
                switch vigil.withLockedValue({ $0.next(after: elapsed, mayPublish: mayPublish) }) {
                case .wait: break
                case .send(let number): group.addTask { await self.send(number, to: perch, vigil) }
                case .alarm(let missing):
                    state.withLockedValue { $0.failures += 1 }
                    metrics.canaryFailed(missing)
                    await publisher.renewConnection()
                    throw Silent(missing: missing)
                }
                try await clock.sleep(for: vigil.withLockedValue(\.pause))
            }
        }
    }

    private func send(_ number: Int, to perch: OwnQueue.Consumed?, _ vigil: NIOLockedValueBox<Vigil>) async {
        var properties = Properties()
        properties.deliveryMode = 1
        properties.appID = application
        // Without a queue the broker drops it, and confirms it all the same.
        let message = AMQPMessage(
            exchange: "", routingKey: perch?.name ?? queue.head, properties: properties,
            body: Array("\(number)".utf8))
        if await publisher.probe(message) {
            if vigil.withLockedValue({ $0.confirmed(number) }) { allIsWell() }
        } else {
            vigil.withLockedValue { $0.lost(number) }
        }
    }

    private func allIsWell() {
        let failures = state.withLockedValue { state in
            defer { state.failures = 0 }
            return state.failures
        }
        if failures > 0 {
            logger.info(
                "What the bridge sends to itself comes back again", metadata: [LogKeys.count: "\(failures)"])
        }
    }
}
