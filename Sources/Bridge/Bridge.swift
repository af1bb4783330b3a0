internal import GWS
public import Logging
public import Metrics
public import ServiceLifecycle

/// The bridge: commands from the broker to GWS, and what GWS reports to the broker.
///
/// It starts with what it keeps and what publishes, then the agents' sessions, and takes commands last, from the queues
/// of the shards that it serves; it stops the other way round.
public struct Bridge: Service {
    public static let version = "0.1.0"

    private let ledger: Ledger
    let spool: Spool
    private let outlet: EventOutlet
    private let shards: ShardHolder
    let publisher: Publisher
    let sessions: Sessions
    let commands: CommandPump
    private let transport: HTTPTransport
    private let stopTime: StopTime
    private let metrics: BridgeMetrics
    private let logger: Logger

    /// - Parameter metrics: where it counts; nowhere by default.
    /// - Throws: `GWSError` if the certificates to trust cannot be read.
    public init(
        configuration: BridgeConfiguration, logger: Logger,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) throws {
        let metrics = BridgeMetrics(metrics)
        self.metrics = metrics
        let names = Names(prefix: configuration.prefix, process: MadeUpID.next())
        let topology = BridgeTopology(
            names: names, deliveryLimit: configuration.commands.deliveryLimit,
            shards: Shards(configuration.commands.shards), events: configuration.events)
        self.logger = logger
        let stopTime = StopTime(limit: configuration.shutdownTimeout)
        self.stopTime = stopTime
        transport = try HTTPTransport(server: configuration.server)
        publisher = Publisher(
            configuration: configuration, names: names, topology: topology, metrics: metrics, logger: logger)
        ledger = Ledger(configuration.store, metrics: metrics, logger: logger)
        spool = Spool(configuration.store, metrics: metrics, logger: logger)
        outlet = EventOutlet(
            publisher: publisher, spool: spool, metrics: metrics, stopTime: stopTime, logger: logger)
        let desk = CommandDesk(configuration.commands, ledger: ledger, metrics: metrics, logger: logger)
        sessions = Sessions(
            configuration: configuration, names: names, transport: transport, outlet: outlet,
            metrics: metrics,
            stopTime: stopTime, logger: logger
        ) { await desk.saw($0) }
        shards = ShardHolder(
            configuration: configuration, names: names, sessions: sessions, desk: desk, publisher: publisher,
            logger: logger)
        commands = CommandPump(
            configuration: configuration, names: names, topology: topology, sessions: sessions,
            ledger: ledger, desk: desk, holder: shards, publisher: publisher, metrics: metrics,
            stopTime: stopTime, logger: logger)
    }

    /// Runs until the service group that it belongs to stops.
    ///
    /// - Throws: ``BridgeFailure`` where trying again cannot help.
    public func run() async throws {
        // Each is stopped only after those behind it have ended.
        let services: [any Service] = [ledger, spool, publisher, outlet, shards, sessions, commands]
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                logger: logger
            ))
        do {
            try await withGracefulShutdownHandler {
                try await withTaskExecutorPreference(transport.executor) { try await group.run() }
            } onGracefulShutdown: {
                // The time for all of it begins.
                _ = stopTime.end
            }
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    /// Serves these agents from now on, while it runs: begins the sessions of those who are new, ends those of who is
    /// not there any more, and begins those anew of whom anything changed. The others are not touched.
    ///
    /// - Returns: what changed.
    @discardableResult
    public func serve(_ agents: [AgentConfiguration]) -> AgentsChange {
        commands.serve(agents.map(\.name))
        return sessions.serve(agents)
    }

    /// Permits commands by these rules from now on; what was taken already stays permitted.
    public func permit(_ permissions: Permissions) { commands.permit(permissions) }

    /// Brings up to date what metrics tell of how things stand just now; to be called before they are read.
    public func refreshMetrics() {
        metrics.links.show(publisher.status)
        metrics.shards.set(shards.shards.count)
        metrics.shardsActive.set(shards.activeCount)
        metrics.events.show(sessions.statuses, at: .now)
        let spooled = spool.status
        metrics.events.showSpool(
            events: spooled.count, bytes: Int64(spooled.bytes), oldestAt: spooled.oldestAt, at: UnixTime.now()
        )
    }

    /// Whether it does its work just now.
    public var readiness: Readiness {
        Readiness(
            reasons: [publisher.trouble, spool.failure].compactMap(\.self) + commands.troubles
                + sessions.troubles)
    }
}

// A service group logs its services; what is in this one is nobody's to read.
extension Bridge: CustomStringConvertible {
    public var description: String { "Bridge(\(Self.version))" }
}
