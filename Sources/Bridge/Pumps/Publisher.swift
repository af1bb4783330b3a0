internal import AMQP
internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Publishes until the broker has confirmed: what was on its way when the connection was lost goes out again on the
/// next, with the same ids.
final class Publisher: Service {
    /// What became of a message in the end.
    enum Settlement: Sendable, Hashable {
        case confirmed
        /// It was mandatory, and no queue took it.
        case returned
        /// The broker would not take responsibility for it, time and again.
        case refused
        /// It cannot be sent at all; nothing was.
        case invalid(reason: String)
    }

    let configuration: BridgeConfiguration
    let topology: BridgeTopology
    private let names: Names
    private let metrics: BridgeMetrics
    let logger: Logger
    let link = Gate<AMQPConnection>()
    let probing = NIOLockedValueBox(Probing())
    /// Of those whose messages are published apart.
    let quarantine = OneAtATime()
    /// When a connection was ended last because of negative confirms.
    private let renewed = NIOLockedValueBox<ContinuousClock.Instant?>(nil)

    init(
        configuration: BridgeConfiguration, names: Names, topology: BridgeTopology, metrics: BridgeMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.names = names
        self.topology = topology
        self.metrics = metrics
        self.logger = logger
    }

    /// Keeps a connection until the service group stops.
    ///
    /// - Throws: ``BridgeFailure`` where trying again cannot help.
    func run() async throws {
        let shards = Shards(configuration.commands.shards)
        var isChecked = false
        try await retrying("publishing", logger: logger, plan: configuration.plan) {
            // Before anything is declared, and nobody consumes before this has a connection.
            if !isChecked { try await shards.check(on: configuration.broker, names, logger) }
            isChecked = true
            try await AMQPConnection.withConnection(
                to: configuration.broker, name: "\(configuration.instance) publishing", logger: logger
            ) { connection in
                try await topology.settle(on: connection, configuration.topology)
                link.open(connection)
                defer { link.close() }
                metrics.links.connected(.publishing)
                logger.info(
                    "Ready to publish",
                    metadata: [LogKeys.broker: "\(connection.server.product) \(connection.server.version)"])
                let end = await cancelWhenGracefulShutdown { await connection.ended() }
                if !Task.isShuttingDownGracefully { throw reason(of: end, on: connection) }
            }
        }
    }

    /// Returns when the broker has taken every message, however long that takes.
    ///
    /// - Parameters:
    ///   - keepingOrder: a message that was lost with its connection takes those behind it along when it is published
    ///     again, so that some may arrive twice, but none for the first time too early.
    ///   - isHasty: what is refused is tried once more only.
    ///   - isOurs: whether it is still this process's to publish them; asked each time that there is a connection.
    /// - Returns: what became of each, in their order.
    /// - Throws: `CancellationError`, ``NotOurs``; then some may have been taken all the same.
    func publish(
        _ messages: [AMQPMessage], keepingOrder: Bool = false, isHasty: Bool = false,
        while isOurs: () -> Bool = { true }
    ) async throws -> [Settlement] {
        let patience = isHasty ? 1 : Self.nacksInARow
        var settlements = [Settlement?](repeating: nil, count: messages.count)
        var nacks = 0
        while true {
            let connection = try await link.whenOpen()
            guard isOurs() else { throw NotOurs() }
            let open = settlements.indices.filter { settlements[$0] == nil }
            let results = await connection.publish(open.map { messages[$0] })
            try Task.checkCancellation()
            for (index, result) in zip(open, results) {
                settlements[index] = Settlement(result, isLastNack: nacks >= patience)
            }
            if keepingOrder, let first = settlements.firstIndex(of: nil) {
                for index in first..<settlements.count where !settlements[index].isInvalid {
                    settlements[index] = nil
                }
            }
            var isNacked = results.contains(.nacked)
            // It has ended, though `run` may not have seen it yet.
            if settlements.contains(nil), !isNacked { link.close { $0 === connection } }
            if results.contains(where: \.isSuspicious) {
                let isApart = try await publishApart(messages, &settlements, isLastNack: nacks >= patience)
                isNacked = isNacked || isApart
            }
            guard settlements.contains(nil) else {
                let settlements = settlements.compactMap(\.self)
                count(messages, settlements)
                return settlements
            }
            guard isNacked else { continue }
            nacks += 1
            try await pause(after: nacks, on: connection)
        }
    }

    /// Publishes in order, once, over the connection that there is.
    ///
    /// - Parameter patience: how long they may wait to be sent, and then for the broker.
    /// - Returns: nil where one is not settled; then some may have been taken all the same, but none where the time was
    ///   over before the first was sent.
    /// - Throws: `CancellationError`.
    func publish(_ messages: [AMQPMessage], patience: Duration) async throws -> [Settlement]? {
        let settlements = try await publishEach(messages, patience: patience).compactMap(\.self)
        guard settlements.count == messages.count else { return nil }
        count(messages, settlements)
        return settlements
    }

    /// As ``publish(_:patience:)``.
    ///
    /// - Returns: for each whether it was settled, and how.
    func publishEach(_ messages: [AMQPMessage], patience: Duration) async throws -> [Settlement?] {
        guard let connection = link.value else { return messages.map { _ in nil } }
        let results = await connection.publish(messages, patience: patience)
        try Task.checkCancellation()
        return results.map { Settlement($0, isLastNack: false) }
    }

    private func count(_ messages: [AMQPMessage], _ settlements: [Settlement]) {
        for (message, settlement) in zip(messages, settlements) where settlement == .returned {
            metrics.returned(message)
        }
    }

    /// So often a message is tried that the broker refuses, for about ten seconds: a queue that is full and refuses
    /// more must not stop all the others.
    private static let nacksInARow = 15

    private func pause(after nacks: Int, on connection: AMQPConnection) async throws {
        logger.warning("Publishing again after a negative confirm", metadata: [LogKeys.attempt: "\(nacks)"])
        // After its leader's death a quorum queue's channel may go on refusing (seen with RabbitMQ 3.10); a new one
        // helps, once. Where it is a queue that is full it does not, and all others share the connection.
        if nacks >= 5, mayRenew() { await connection.close(within: .seconds(1)) }
        let pause = Backoff.broker.pause(after: nacks, jitter: .random(in: 0..<1))
        try await ContinuousClock().sleep(for: pause)
    }

    /// Whether it has not been so for a while.
    private func mayRenew() -> Bool {
        renewed.withLockedValue { renewed in
            if let last = renewed, .now - last < Self.renewalPause { return false }
            renewed = .now
            return true
        }
    }

    private static let renewalPause = Duration.seconds(5)

    /// Has the broker have it before what is published next, however long that takes, unless it refuses time and again.
    ///
    /// - Throws: `CancellationError`.
    func bind(_ binding: Binding) async throws {
        var (attempts, refusals) = (0, 0)
        while refusals < Self.refusalsInARow {
            let connection = try await link.whenOpen()
            do {
                return try await connection.bind(binding)
            } catch {
                try Task.checkCancellation()
                attempts += 1
                // That ends the connection; the next one declares what is gone.
                if case .channelClosed = error { refusals += 1 }
                logger.warning(
                    "A queue could not be bound",
                    metadata: [LogKeys.what: "\(binding.routingKey)", LogKeys.error: "\(error)"])
                try await ContinuousClock().sleep(
                    for: Backoff.broker.pause(after: attempts, jitter: .random(in: 0..<1)))
            }
        }
    }

    private static let refusalsInARow = 3

    /// Ends the connection; the next one declares what is gone.
    func renewConnection() async {
        await link.value?.close(within: .seconds(1))
    }

    /// Suspends while there is no connection.
    func whenConnected() async throws {
        _ = try await link.whenOpen()
    }

    /// Returns when there is no connection, or the one that there is has ended.
    func disconnected() async { _ = await link.value?.ended() }

    /// Whether there is a broker that takes messages just now.
    var isAtWork: Bool { link.value.map { $0.status.blockedReason == nil } ?? false }

    /// Why it is not at work, in a sentence.
    var trouble: String? {
        guard let connection = link.value else {
            return "There is no connection to the broker for publishing."
        }
        let status = connection.status
        if let reason = status.blockedReason { return "The broker has blocked publishing: \(reason)." }
        // The canary sees to it that there always is one of late.
        let silence = configuration.canary.longestSilence
        guard takesProbes, .now - status.lastConfirmed > silence else { return nil }
        return "The broker has confirmed nothing for more than \(silence)."
    }

    /// Nil without a connection.
    var status: ConnectionStatus? { link.value?.status }
}

extension Publisher.Settlement {
    /// Nil where it is not settled.
    init?(_ result: PublishResult, isLastNack: Bool) {
        switch result {
        case .nacked where isLastNack: self = .refused
        case .confirmed: self = .confirmed
        case .returned: self = .returned
        case .failed(.invalidMessage(let reason)): self = .invalid(reason: reason)
        case .nacked, .failed: return nil
        }
    }
}

extension BridgeConfiguration {
    /// What a failure on the broker's side asks for.
    func plan(_ error: any Error) throws -> RetryPlan {
        if let failure = error as? BridgeFailure { throw failure }
        guard let error = error as? AMQPError else { return RetryPlan(.broker) }
        // What is gone is declared again by the next connection.
        if case .channelClosed(404, _, _) = error, topology == .declare { return RetryPlan(.broker) }
        if let failure = BridgeFailure(error, names: "\(prefix).* (and write on amq.default, for replies)") {
            throw failure
        }
        return RetryPlan(.broker)
    }
}
