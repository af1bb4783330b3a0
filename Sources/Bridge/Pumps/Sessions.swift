internal import GWS
internal import Logging
internal import ServiceLifecycle

/// The agents' sessions with GWS, each with its own pump for what it reports.
struct Sessions: Service {
    private let sessions: [String: AgentSession]
    private let pumps: [EventPump]

    init(
        configuration: BridgeConfiguration, names: Names, transport: HTTPTransport, publisher: Publisher,
        stopTime: StopTime, logger: Logger
    ) {
        var sessions: [String: AgentSession] = [:]
        pumps = configuration.agents.map { credentials in
            var logger = logger
            logger[metadataKey: LogKeys.agent] = "\(credentials.agent)"
            let session = AgentSession(
                credentials: credentials, transport: transport, subscriptions: configuration.subscriptions,
                acknowledge: configuration.acknowledge, logger: logger)
            sessions[credentials.agent] = session
            return EventPump(
                session: session, instance: configuration.instance, names: names, publisher: publisher,
                stopTime: stopTime, logger: logger)
        }
        self.sessions = sessions
    }

    var agents: Set<String> { Set(sessions.keys) }

    subscript(agent: String) -> AgentSession? { sessions[agent] }

    /// Runs them all until the service group stops. One that fails is begun anew and touches no other.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for pump in pumps { group.addTask { try await pump.run() } }
        }
    }

    /// Why they are not all at work, a sentence an agent, of at most ten.
    var troubles: [String] {
        let troubles = sessions.sorted { $0.key < $1.key }.compactMap { agent, session in
            session.status.phase.trouble.map { "Agent \(agent): \($0)." }
        }
        guard troubles.count > 10 else { return troubles }
        return troubles.prefix(10) + ["And \(troubles.count - 10) agents more."]
    }
}

extension SessionStatus.Phase {
    fileprivate var trouble: String? {
        switch self {
        case .polling, .renewing: nil
        case .idle, .starting: "its session is starting"
        case .failed(let reason): reason
        }
    }
}
