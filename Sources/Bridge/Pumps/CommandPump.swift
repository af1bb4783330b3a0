internal import AMQP
internal import GWS
internal import Logging
internal import ServiceLifecycle

/// Takes commands from the queue, has them done in their lanes, and settles them.
///
/// A command is acknowledged after its outcome and its reply are confirmed by the broker, and not before.
final class CommandPump: Service {
    private let configuration: BridgeConfiguration
    private let names: Names
    private let topology: BridgeTopology
    private let sessions: Sessions
    private let desk: CommandDesk
    private let handler: CommandHandler
    private let publisher: Publisher
    private let stopTime: StopTime
    /// The desk's number of the link that is consumed from.
    private let link = Gate<Int>()
    private let logger: Logger

    init(
        configuration: BridgeConfiguration, names: Names, topology: BridgeTopology, sessions: Sessions,
        publisher: Publisher, stopTime: StopTime, logger: Logger
    ) {
        self.configuration = configuration
        self.names = names
        self.topology = topology
        self.sessions = sessions
        desk = CommandDesk(limit: configuration.commands.concurrency)
        handler = CommandHandler(sessions: sessions, names: names, publisher: publisher, logger: logger)
        self.publisher = publisher
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
                group.addTask { await self.work() }
            }
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

    /// Why it is not at work, in a sentence.
    var trouble: String? {
        link.value == nil ? "The bridge is not consuming commands." : nil
    }

    private func work() async {
        while let work = await desk.next() {
            do {
                try await handler.handle(work, at: desk)
                await desk.putDown()
            } catch {
                // Cancelled at the end of the time for stopping: the command is left to the next process.
                await desk.abandon(work)
            }
        }
    }

    private func consume() async throws {
        // Who cannot answer must not take.
        try await cancelWhenGracefulShutdown { try await self.publisher.whenConnected() }
        try await AMQPConnection.withConnection(
            to: configuration.broker, name: "\(configuration.instance) commands", logger: logger
        ) { connection in
            try await topology.settle(on: connection, configuration.topology)
            let consumer = try await connection.consume(
                names.commands, prefetch: configuration.commands.prefetch)
            let number = await desk.open()
            link.open(number)
            defer { link.close() }
            logger.info("Consuming commands", metadata: [LogKeys.queue: "\(names.commands)"])
            do {
                try await take(from: consumer, link: number)
            } catch {
                await desk.close(number)
                throw error
            }
            // It was cancelled by us: what is held may still be settled on this connection.
            await desk.stop(by: stopTime.end)
        }
    }

    private func take(from consumer: Consumer, link: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await gracefulShutdown()
                try await consumer.cancel()
            }
            defer { group.cancelAll() }
            for try await batch in consumer {
                // Who is served changes.
                let decoder = CommandDecoder(
                    agents: sessions.agents, allowedUnknown: configuration.allowedUnknownOperations,
                    permissions: configuration.permissions)
                await desk.take(batch.map { intake($0, decoder) }, link: link)
            }
        }
    }

    private func intake(_ delivery: Delivery, _ decoder: CommandDecoder) -> CommandDesk.Intake {
        let message = delivery.message
        var envelope = Envelope(
            message.properties, arrivedAt: UnixTime.now(), arrival: .now,
            lifetime: configuration.commands.lifetime.milliseconds, madeUpID: MadeUpID.next())
        let (address, result) = decoder.decode(
            message.body, routingKey: message.routingKey, userID: envelope.userID,
            traceparent: envelope.traceparent, tracestate: envelope.tracestate)
        envelope.address = address
        return CommandDesk.Intake(
            delivery: delivery,
            envelope: envelope,
            command: Envelope.rejection(of: message.properties).map { .failure($0) } ?? result
        )
    }
}
