import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// A GWS with agents and calls that ring, and faults on demand.
///
/// It behaves as GWS 8.5.2 does on the wire. ``run()`` serves until it is cancelled or shut down; everything else
/// may be called meanwhile, from tests directly and from anywhere by HTTP under `/simulator/`.
public actor Simulator: Service {
    public nonisolated let configuration: SimulatorConfiguration
    nonisolated let logger: Logger

    var agents: [String: AgentState] = [:]
    var roster = Roster()
    var switchboard: Switchboard

    var services: [ServiceModel]

    var httpSessions = HTTPSessions()
    var cometD: CometD
    var heldPolls: [String: HeldPoll] = [:]
    var pollCount = 0

    var faults = Faults()
    var parked: [Int: AsyncStream<Never>.Continuation] = [:]
    var parkCount = 0
    /// While nobody is told of anything.
    var isMute = false
    var journal: Journal
    var runningTraffic = 0
    let delayed = AsyncStream<DelayedNotification>.makeStream()
    /// How many notifications wait in ``delayed``; later ones must not overtake them.
    var delayedCount = 0
    /// By how much the notifications of the operation that is being done are to be later than its reply.
    var eventDelay = Duration.zero

    /// While the switch does not do what GWS tells it to: nobody hears of it.
    var isSwitchFailing = false

    private var address = Address.unknown

    private enum Address {
        case unknown
        case awaited([AsyncStream<Int>.Continuation])
        case listening(port: Int)
        case closed
    }

    public init(configuration: SimulatorConfiguration = .init(), logger: Logger? = nil) {
        self.configuration = configuration
        self.logger = logger ?? Logger(label: "gws-simulator")
        cometD = CometD(
            settings: .init(
                hold: configuration.hold, expiry: configuration.expiry,
                acknowledges: configuration.acknowledges))
        switchboard = Switchboard(rules: configuration.calls, prefix: Identifier.Calls.randomPrefix())
        services = ServiceModel.Kind.allCases.map { kind in
            ServiceModel(kind: kind, isActive: !configuration.inactiveServices.contains(kind.rawValue))
        }
        if let seed = configuration.seed { faults.chance = Chance(seed: seed) }
        journal = Journal(
            limit: configuration.journalLimit, byteLimit: configuration.journalByteLimit)
        for agent in configuration.agents {
            let state = AgentState(agent, features: configuration.features)
            agents[agent.name] = state
            roster.add(state)
        }
    }

    /// Serves until cancelled or shut down; held polls are answered then and do not keep it.
    public func run() async throws {
        // Hummingbird calls it an error that it was cancelled; what keeps it from serving is thrown anyway.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: Routes(simulator: self),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), backlog: 4096),
            onServerRunning: { channel in await self.hasBegunListening(on: channel.localAddress?.port ?? 0) },
            logger: quiet)
        defer { hasStoppedListening() }
        try await withThrowingTaskGroup { group in
            group.addTask { try await application.run() }
            group.addTask { await self.keepSweeping() }
            group.addTask { await self.keepCallsComing(self.configuration.traffic) }
            group.addTask { await self.keepDelivering() }
            group.addTask {
                try await gracefulShutdown()
                await self.releaseAllPolls(.stopping)
                // Answers under way get this long to leave; then every connection is cut.
                try await Task.sleep(for: .milliseconds(300))
                throw CancellationError()
            }
            defer { group.cancelAll() }
            do {
                while try await group.next() != nil {}
            } catch is CancellationError {
                // Stopped, by a shutdown or by cancelling.
            }
        }
    }

    /// `http://host:port`, as soon as it listens.
    ///
    /// - Throws: if it ended, or never began, to listen.
    public func baseURL() async throws -> String {
        for await port in listeningPort() { return "http://\(configuration.host):\(port)" }
        try Task.checkCancellation()
        throw SimulatorError.notListening
    }

    private func listeningPort() -> AsyncStream<Int> {
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        switch address {
        case .unknown: address = .awaited([continuation])
        case .awaited(let others): address = .awaited(others + [continuation])
        case .listening(let port): continuation.yield(port)
        case .closed: continuation.finish()
        }
        return stream
    }

    /// What every URI in a body begins with.
    var apiURL: String {
        if let url = configuration.externalURL { return url }
        guard case .listening(let port) = address else { return "http://\(configuration.host)/api/v2" }
        return "http://\(configuration.host):\(port)/api/v2"
    }

    private func hasBegunListening(on port: Int) {
        if case .awaited(let waiting) = address { for continuation in waiting { continuation.yield(port) } }
        address = .listening(port: port)
    }

    private func hasStoppedListening() {
        if case .awaited(let waiting) = address { for continuation in waiting { continuation.finish() } }
        address = .closed
        releaseAllPolls(.stopping)
        journal.endWaiting()
    }

    private func keepSweeping() async {
        let period = min(.milliseconds(997), max(.milliseconds(20), configuration.expiry / 4))
        while (try? await Task.sleep(for: period)) != nil {
            forgetExpiredClients()
            httpSessions.sweep(timeout: configuration.sessionTimeout, now: .now)
        }
    }
}

public enum SimulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    case notListening
    case noSuchAgent(String)
    case noSuchCall(String)
    case noSuchParty(String)
    case noSuchDevice(String)
    case noSuchService(String)
    case notJSON(String)
    case notAnObject(String)
    /// An agent has the name, or the number.
    case taken(String)
    /// The simulator stopped while something was awaited from it.
    case stopped

    public var description: String {
        switch self {
        case .notListening: "The simulator does not listen"
        case .noSuchAgent(let name): "There is no agent '\(name)'"
        case .noSuchCall(let id): "There is no call '\(id)'"
        case .noSuchParty(let name): "There is no '\(name)' on the call"
        case .noSuchDevice(let id): "There is no device '\(id)'"
        case .noSuchService(let type): "There is no service '\(type)'"
        case .notJSON(let reason): "Not JSON: \(reason)"
        case .notAnObject(let name): "'\(name)' is not an object"
        case .taken(let name): "'\(name)' is an agent's already"
        case .stopped: "The simulator was stopped"
        }
    }
}
