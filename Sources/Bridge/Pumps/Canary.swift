internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers

/// Sends the bridge a small message now and then, by the connection that publishes, and expects it on the one that
/// consumes: that a link is up and deaf, or takes and loses, shows by nothing else.
///
/// ``Vigil`` decides what that means. A queue of its own is on each new connection, which nobody else can consume, and
/// which goes with it.
final class Canary: Sendable {
    /// Where it comes back.
    struct Perch: Sendable {
        fileprivate let queue: String
        fileprivate let consumer: Consumer
    }

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

    /// The broker does not let it have a queue. The connection is lost over that; the next goes without.
    struct Refused: Error {}

    private struct State {
        var isRefused = false
        /// Alarms in a row.
        var failures = 0
    }

    private let timing: Vigil.Timing
    private let name: String
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
        name = "\(names.canary).\(configuration.instance.prefix(40))"
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
    /// - Throws: ``Refused``, the first time; `AMQPError`.
    func settle(on connection: AMQPConnection) async throws -> Perch? {
        guard !state.withLockedValue(\.isRefused) else { return nil }
        // Another each time: the broker may not have missed the connection before, and what was its own, yet.
        let queue = "\(name).\(MadeUpID.next())"
        do throws(AMQPError) {
            _ = try await connection.declare(
                Queue(
                    name: queue, durable: false, exclusive: true, autoDelete: true,
                    arguments: ["x-queue-type": "classic"]))
            let consumer = try await connection.consume(
                queue, prefetch: 1, exclusive: true, acknowledges: false)
            return Perch(queue: queue, consumer: consumer)
        } catch {
            guard error.isRefusal else { throw error }
            state.withLockedValue { $0.isRefused = true }
            logger.warning(
                "Only confirms are watched, since the broker does not permit a queue for what the bridge sends to itself",
                metadata: [LogKeys.queue: "\(queue)", LogKeys.reason: "\(error)"])
            throw Refused()
        }
    }

    /// Watches until it is cancelled, or must give the alarm; then publishing is beginning anew, and so should consuming.
    ///
    /// - Throws: ``Silent``, `CancellationError`, `AMQPError` if the connection is lost or the queue deleted.
    func watch(_ perch: Perch?) async throws {
        let vigil = NIOLockedValueBox(
            Vigil(timing, after: state.withLockedValue(\.failures), mustComeBack: perch != nil))
        try await withThrowingTaskGroup { group in
            defer { group.cancelAll() }
            if let perch { group.addTask { try await self.listen(at: perch, vigil) } }
            group.addTask { try await self.keep(vigil, perch) }
            while try await group.next() != nil {}
        }
    }

    private func listen(at perch: Perch, _ vigil: NIOLockedValueBox<Vigil>) async throws {
        for try await batch in perch.consumer {
            for delivery in batch {
                guard let number = Int(String(decoding: delivery.message.body, as: UTF8.self)) else {
                    continue
                }
                if vigil.withLockedValue({ $0.cameBack(number) }) { allIsWell() }
            }
        }
    }

    private func keep(_ vigil: NIOLockedValueBox<Vigil>, _ perch: Perch?) async throws {
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

    private func send(_ number: Int, to perch: Perch?, _ vigil: NIOLockedValueBox<Vigil>) async {
        var properties = Properties()
        properties.deliveryMode = 1
        properties.appID = application
        // Without a queue the broker drops it, and confirms it all the same.
        let message = AMQPMessage(
            exchange: "", routingKey: perch?.queue ?? name, properties: properties,
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
