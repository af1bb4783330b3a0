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
    private let shards: Shards
    private let holder: ShardHolder
    private let bindings: AgentBindings
    private let others: OtherProcesses
    private let permissions: NIOLockedValueBox<Permissions>
    private let metrics: BridgeMetrics
    private let stopTime: StopTime
    /// The desk's number of the link that is consumed from.
    private let link = Gate<Int>()
    private let logger: Logger

    init(
        configuration: BridgeConfiguration, names: Names, topology: BridgeTopology, sessions: Sessions,
        ledger: Ledger, desk: CommandDesk, holder: ShardHolder, publisher: Publisher, metrics: BridgeMetrics,
        stopTime: StopTime,
        logger: Logger
    ) {
        self.configuration = configuration
        self.names = names
        self.topology = topology
        self.sessions = sessions
        self.desk = desk
        self.ledger = ledger
        bindings = AgentBindings(configuration, names)
        handler = CommandHandler(
            sessions: sessions, ledger: ledger, names: names, bindings: bindings, publisher: publisher,
            metrics: metrics, logger: logger)
        self.publisher = publisher
        canary = Canary(
            configuration: configuration, names: names, publisher: publisher, metrics: metrics.links,
            logger: logger)
        shards = holder.shards
        self.holder = holder
        others = OtherProcesses(
            configuration: configuration, names: names, ledger: ledger, holder: holder, logger: logger)
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
        return [link, holder.trouble, canary.trouble, ledger.trouble].compactMap(\.self)
            + Readiness.listed(desk.unreachableAgents.withLockedValue { $0.sorted() }) {
                "GWS is not available to the commands of agent \($0)."
            }
    }

    /// Has their commands come to where they belong.
    func serve(_ agents: some Sequence<String>) { bindings.serve(agents) }

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
        // What the broker refuses once is not asked for again.
        for _ in 0..<2 {
            do {
                return try await consumeOnce()
            } catch is OwnQueue.Refused {
            }
        }
        try await consumeOnce()
    }

    private func consumeOnce() async throws {
        try await AMQPConnection.withConnection(
            to: configuration.broker, name: "\(configuration.instance) commands", logger: logger
        ) { connection in
            try await topology.settle(on: connection, configuration.topology)
            let ears = Ears(
                canary: try await canary.settle(on: connection),
                others: try await others.settle(on: connection))
            // Thousands take their time, and who is to stop has nothing from it.
            try await cancelWhenGracefulShutdown { [bindings] in try await bindings.settle(on: connection) }
            let number = await desk.open()
            let sources = try await sources(on: connection)
            holder.opened(connection)
            defer { holder.closed() }
            link.open(number)
            defer { link.close() }
            metrics.links.connected(.consuming)
            logger.info(
                "Consuming commands",
                metadata: [
                    LogKeys.queue: "\(names.commands(of: 0, shards))", LogKeys.count: "\(shards.count)",
                ])
            do {
                try await take(from: sources, link: number, on: connection, ears)
            } catch {
                await noteDeleted(among: sources, after: error)
                await desk.close(number)
                // What it was not heard by is not waited for at length.
                if error is Canary.Silent { await connection.close(within: .seconds(1)) }
                throw error
            }
            // They were cancelled by us: what is held may still be settled on this connection.
            await desk.stop(by: stopTime.end)
        }
    }

    /// Finds out which queues were deleted, where the broker has ended a consumer or knows no queue of some name. RabbitMQ
    /// 4.3 ends one, too, that kept a delivery for too long, and gives that to another.
    private func noteDeleted(among sources: [Source], after error: any Error) async {
        guard sources.contains(where: \.consumer.wasCancelledByBroker) || error.isOfMissingQueue else {
            return
        }
        await atMost(.seconds(5)) { [self] in
            var rest = sources[...]
            // To ask for one that is missing ends the connection.
            while !rest.isEmpty {
                do {
                    try await AMQPConnection.withConnection(
                        to: configuration.broker, name: "\(configuration.instance) looking", logger: logger
                    ) { connection in
                        while let source = rest.first {
                            _ = try await connection.declare(Queue(name: name(of: source)), passively: true)
                            rest.removeFirst()
                        }
                    }
                } catch {
                    guard error.isOfMissingQueue else { return }
                    rest.removeFirst().queue.wasDeleted()
                }
            }
        }
    }

    private func name(of source: Source) -> String {
        source.queue.shard.map { names.commands(of: $0, shards) } ?? names.undelivered
    }

    /// A queue that commands come by.
    private struct Source {
        let consumer: Consumer
        let queue: CommandQueue

        init(_ consumer: Consumer, shard: Int?) {
            self.consumer = consumer
            queue = CommandQueue(shard: shard)
        }
    }

    /// What is heard beside commands.
    private struct Ears {
        let canary: OwnQueue.Consumed?
        let others: OwnQueue.Consumed?
    }

    private func sources(on connection: AMQPConnection) async throws -> [Source] {
        let prefetch = configuration.commands.prefetch
        var sources = [
            Source(try await connection.consume(names.undelivered, prefetch: prefetch), shard: nil)
        ]
        var hasGivenWay = false
        for shard in holder.order {
            if !hasGivenWay, holder.givesWay(on: shard) {
                try await ContinuousClock().sleep(for: Self.wayGiven)
                hasGivenWay = true
            }
            var arguments: FieldTable = [:]
            arguments["x-priority"] = shards.priority(of: names.process, on: shard).map(FieldValue.int32)
            let consumer = try await connection.consume(
                names.commands(of: shard, shards), prefetch: prefetch, arguments: arguments)
            sources.append(Source(consumer, shard: shard))
        }
        return sources
    }

    private func take(
        from sources: [Source], link: Int, on connection: AMQPConnection, _ ears: Ears
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await gracefulShutdown()
                await self.desk.keepToTheEnd()
                await self.holder.leave()
                for source in sources { try await source.consumer.cancel() }
            }
            defer { group.cancelAll() }
            try await withThrowingTaskGroup(of: Bool.self) { readers in
                for source in sources {
                    readers.addTask {
                        try await self.take(from: source, link)
                        return true
                    }
                }
                // They end by an error only, or when they are cancelled.
                readers.addTask { try await self.beside(connection, ears) }
                defer { readers.cancelAll() }
                var open = sources.count
                while open > 0, let isSource = try await readers.next() { open -= isSource ? 1 : 0 }
            }
        }
    }

    /// What goes on beside the taking of commands.
    private func beside(_ connection: AMQPConnection, _ ears: Ears) async throws -> Bool {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.canary.watch(ears.canary) }
            group.addTask { try await self.others.listen(ears.others) }
            group.addTask { await self.holder.introduce() }
            group.addTask { try await self.bindings.follow(on: connection) }
            defer { group.cancelAll() }
            while try await group.next() != nil {}
        }
        return false
    }

    private static let portion = 64
    /// Longer than others pause between two attempts to connect.
    private static let wayGiven = Duration.seconds(1)

    private func take(from source: Source, _ link: Int) async throws {
        for try await deliveries in source.consumer {
            let batch = holder.takeMarkers(outOf: deliveries, of: source.queue.shard)
            // Who is served changes, and what is permitted.
            let reader = CommandReader(
                configuration, names, agents: sessions.agents,
                permissions: permissions.withLockedValue(\.self))
            // Not all at once: until the ledger has noted them, nobody could tell after a crash that they were not sent.
            for start in stride(from: 0, to: batch.count, by: Self.portion) {
                let portion = batch[start..<min(start + Self.portion, batch.count)]
                try await desk.take(
                    portion.map { reader.intake(of: $0, by: source.queue) }, link: link)
            }
        }
    }
}

extension Error {
    /// Whether there is none of that name. One whose node is down comes back.
    fileprivate var isOfMissingQueue: Bool {
        guard let error = self as? AMQPError, case .channelClosed(404, _, _) = error else { return false }
        return error.remedy == .changeConfiguration
    }
}
