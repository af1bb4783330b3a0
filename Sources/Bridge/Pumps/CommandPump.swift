internal import AMQP
internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Takes commands from the queue, has them done in their lanes, and settles them.
///
/// A command is acknowledged after its outcome and its reply are confirmed by the broker, and not before.
final class CommandPump: Service {
    private let configuration: BridgeConfiguration
    private let names: Names
    private let topology: BridgeTopology
    private let sessions: Sessions
    private let ledger: Ledger
    private let desk: CommandDesk
    private let handler: CommandHandler
    private let publisher: Publisher
    private let canary: Canary
    private let permissions: NIOLockedValueBox<Permissions>
    private let metrics: BridgeMetrics
    private let stopTime: StopTime
    /// The desk's number of the link that is consumed from.
    private let link = Gate<Int>()
    private let logger: Logger

    init(
        configuration: BridgeConfiguration, names: Names, topology: BridgeTopology, sessions: Sessions,
        ledger: Ledger, desk: CommandDesk, publisher: Publisher, metrics: BridgeMetrics, stopTime: StopTime,
        logger: Logger
    ) {
        self.configuration = configuration
        self.names = names
        self.topology = topology
        self.sessions = sessions
        self.desk = desk
        self.ledger = ledger
        handler = CommandHandler(
            sessions: sessions, ledger: ledger, names: names, publisher: publisher, metrics: metrics,
            logger: logger)
        self.publisher = publisher
        canary = Canary(
            configuration: configuration, names: names, publisher: publisher, metrics: metrics.links,
            logger: logger)
        permissions = NIOLockedValueBox(configuration.permissions)
        self.metrics = metrics
        self.stopTime = stopTime
        self.logger = logger
    }

    /// Consumes until the service group stops, then lets what is under way end, within the configured time.
    ///
    /// - Throws: ``BridgeFailure`` where trying again cannot help.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            // Twice as many as there may be POSTs: one that waits for the broker's confirm holds up no POST.
            for _ in 0..<(configuration.commands.concurrency * 2) {
                group.addTask { await self.work(at: self.desk) }
            }
            group.addTask { await self.desk.keepTime() }
            defer { group.cancelAll() }
            do {
                try await retrying("consuming commands", logger: logger, plan: configuration.plan, consume)
            } catch {
                await desk.stop(by: .now)
                throw error
            }
            await desk.stop(by: stopTime.end)
        }
    }

    /// Why it is not all well with it, a sentence each.
    var troubles: [String] {
        let link = link.value == nil ? "The bridge is not consuming commands." : nil
        return [link, canary.trouble, ledger.trouble].compactMap(\.self)
            + Readiness.listed(desk.unreachableAgents.withLockedValue { $0.sorted() }) {
                "GWS is not available to the commands of agent \($0)."
            }
    }

    func permit(_ permissions: Permissions) { self.permissions.withLockedValue { $0 = permissions } }

    /// Whether commands are taken from the broker just now.
    var isConsuming: Bool { link.value != nil }

    /// Agents to whose GWS nothing is sent for now.
    var unreachableAgents: Int { desk.unreachableAgents.withLockedValue(\.count) }

    /// The commands that are held, the oldest first.
    func overview(atMost limit: Int) async -> (commands: [Overview.Command], count: Int) {
        await desk.overview(atMost: limit)
    }

    /// At the desk itself: there is much to ask it, and nothing here that keeps it from others for long.
    private func work(at desk: isolated CommandDesk) async {
        while let work = await desk.next() {
            do {
                try await handler.handle(work, at: desk)
                desk.putDown()
            } catch {
                // Cancelled at the end of the time for stopping, or not ours any more: it is left to the next delivery.
                desk.abandon(work)
            }
        }
    }

    private func consume() async throws {
        // Who cannot answer must not take.
        try await cancelWhenGracefulShutdown { try await self.publisher.whenConnected() }
        do {
            try await consumeOnce()
        } catch is Canary.Refused {
            try await consumeOnce()
        }
    }

    private func consumeOnce() async throws {
        try await AMQPConnection.withConnection(
            to: configuration.broker, name: "\(configuration.instance) commands", logger: logger
        ) { connection in
            try await topology.settle(on: connection, configuration.topology)
            let perch = try await canary.settle(on: connection)
            let consumers = [
                try await connection.consume(names.undelivered, prefetch: configuration.commands.prefetch),
                try await connection.consume(names.commands, prefetch: configuration.commands.prefetch),
            ]
            let number = await desk.open()
            link.open(number)
            defer { link.close() }
            metrics.links.connected(.consuming)
            logger.info("Consuming commands", metadata: [LogKeys.queue: "\(names.commands)"])
            do {
                try await take(from: consumers, link: number, watchedBy: perch)
            } catch {
                await desk.close(number)
                // What it was not heard by is not waited for at length.
                if error is Canary.Silent { await connection.close(within: .seconds(1)) }
                throw error
            }
            // They were cancelled by us: what is held may still be settled on this connection.
            await desk.stop(by: stopTime.end)
        }
    }

    private func take(from consumers: [Consumer], link: Int, watchedBy perch: Canary.Perch?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await gracefulShutdown()
                for consumer in consumers { try await consumer.cancel() }
            }
            defer { group.cancelAll() }
            try await withThrowingTaskGroup(of: Void.self) { readers in
                for (consumer, isUndelivered) in zip(consumers, [true, false]) {
                    readers.addTask { try await self.take(from: consumer, isUndelivered, link) }
                }
                // It ends by an error only, or when it is cancelled.
                readers.addTask { try await self.canary.watch(perch) }
                defer { readers.cancelAll() }
                for _ in consumers { try await readers.next() }
            }
        }
    }

    private static let portion = 64

    private func take(from consumer: Consumer, _ isUndelivered: Bool, _ link: Int) async throws {
        for try await batch in consumer {
            // Who is served changes, and what is permitted.
            let decoder = CommandDecoder(
                agents: sessions.agents, allowedUnknown: configuration.allowedUnknownOperations,
                permissions: permissions.withLockedValue(\.self))
            // Not all at once: until the ledger has noted them, nobody could tell after a crash that they were not sent.
            for start in stride(from: 0, to: batch.count, by: Self.portion) {
                let portion = batch[start..<min(start + Self.portion, batch.count)]
                try await desk.take(
                    portion.map { isUndelivered ? undelivered($0, decoder) : intake($0, decoder) }, link: link
                )
            }
        }
    }

    private func intake(_ delivery: Delivery, _ decoder: CommandDecoder) -> CommandDesk.Intake {
        let message = delivery.message
        let (envelope, result) = read(message, decoder)
        return CommandDesk.Intake(
            delivery: delivery, message: message, envelope: envelope,
            subject: result.subject(Envelope.rejection(of: message.properties)))
    }

    private func undelivered(_ delivery: Delivery, _ decoder: CommandDecoder) -> CommandDesk.Intake {
        let undelivered = Undelivered(
            delivery.message, decoder: decoder, names: names, user: configuration.broker.onlyUser)
        let original = undelivered.original
        var envelope = envelope(of: original)
        envelope.address = undelivered.address
        let subject: CommandDesk.Intake.Subject
        switch undelivered.fate {
        case .reroute(let message): subject = .reroute(message)
        case .ended(let outcome):
            // What is not legible ends all the same.
            let command = undelivered.mayBeDecoded ? try? read(original, decoder).1.get() : nil
            subject = .ended(outcome, command: command)
        }
        return CommandDesk.Intake(
            delivery: delivery, message: original, envelope: envelope, subject: subject)
    }

    private func read(_ message: AMQPMessage, _ decoder: CommandDecoder) -> (
        Envelope, Result<Command, Rejection>
    ) {
        var envelope = envelope(of: message)
        let (address, result) = decoder.decode(
            message.body, routingKey: message.routingKey,
            userID: message.properties.producer(bridge: configuration.broker.onlyUser),
            traceparent: envelope.traceparent, tracestate: envelope.tracestate)
        envelope.address = address
        return (envelope, result)
    }

    private func envelope(of message: AMQPMessage) -> Envelope {
        Envelope(
            message.properties, arrivedAt: UnixTime.now(), arrival: .now,
            lifetime: configuration.commands.lifetime.milliseconds, madeUpID: MadeUpID.next())
    }
}

extension Result<Command, Rejection> {
    /// - Parameter rejection: what is wrong with the headers.
    fileprivate func subject(_ rejection: Rejection?) -> CommandDesk.Intake.Subject {
        if let rejection { return .ended(rejection.outcome, command: nil) }
        switch self {
        case .success(let command): return .command(command)
        case .failure(let rejection): return .ended(rejection.outcome, command: nil)
        }
    }
}
