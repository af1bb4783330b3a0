internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// The agents' sessions with GWS, each with its own pump for what it reports. Who is served may change at any time.
final class Sessions: Service {
    private struct State {
        var served: [String: ServedAgent] = [:]
        var agents: Set<String> = []
        /// What is known of their calls outlives a session.
        var watches: [String: AgentWatch] = [:]
        /// Who has a task already, that of a session before it perhaps.
        var running: Set<String> = []
        /// Those whose session runs, its successor being served perhaps.
        var underWay: [String: ServedAgent] = [:]
        /// Nobody begins any more.
        var isStopping = false
    }

    private let parts: ServedAgent.Parts
    private let state = NIOLockedValueBox(State())
    /// Who needs a task.
    private let arrivals: AsyncStream<String>
    private let arrive: AsyncStream<String>.Continuation

    /// - Parameter saw: hears the numbers of commands of which notifications have shown something.
    init(
        configuration: BridgeConfiguration, names: Names, transport: HTTPTransport, outlet: EventOutlet,
        metrics: BridgeMetrics, stopTime: StopTime, logger: Logger,
        saw: @escaping @Sendable ([Int]) async -> Void
    ) {
        parts = ServedAgent.Parts(
            configuration: configuration, names: names, transport: transport, outlet: outlet,
            metrics: metrics,
            stopTime: stopTime, logger: logger, saw: saw)
        (arrivals, arrive) = AsyncStream.makeStream()
        serve(configuration.agents)
    }

    /// The names of those who are served just now.
    var agents: Set<String> { state.withLockedValue(\.agents) }

    subscript(agent: String) -> AgentSession? { state.withLockedValue { $0.served[agent]?.session } }

    /// What is known of the calls of an agent who is served.
    func watch(of agent: String) -> AgentWatch? { state.withLockedValue { $0.watches[agent] } }

    /// Serves these from now on, and touches only those of whom anything changed.
    @discardableResult
    func serve(_ agents: [AgentConfiguration]) -> AgentsChange {
        let (change, leaving, arriving) = state.withLockedValue { state in
            let change = AgentsChange(from: state.served.mapValues(\.configuration), to: agents)
            var leaving = change.removed.compactMap { state.served.removeValue(forKey: $0) }
            for agent in change.changed + change.added {
                let watch = state.watches[agent.name] ?? AgentWatch()
                state.watches[agent.name] = watch
                let new = ServedAgent(agent, watch: watch, parts: parts)
                if let old = state.served.updateValue(new, forKey: agent.name) { leaving.append(old) }
            }
            for agent in change.removed { state.watches[agent] = nil }
            state.agents = Set(state.served.keys)
            let arriving = change.added.map(\.name).filter { state.running.insert($0).inserted }
            return (change, leaving, arriving)
        }
        for agent in leaving { agent.stopAlone() }
        for name in arriving { arrive.yield(name) }
        return change
    }

    /// Runs them all until the service group stops. One that fails is begun anew and touches no other.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup { group in
                group.addTask { try await self.keepVigil() }
                defer { group.cancelAll() }
                try await withThrowingDiscardingTaskGroup { agents in
                    for await name in arrivals.cancelOnGracefulShutdown() {
                        agents.addTask { try await self.keepServing(name) }
                    }
                }
            }
        } onGracefulShutdown: {
            self.stopAll()
        }
    }

    private func stopAll() {
        let leaving = state.withLockedValue { state in
            state.isStopping = true
            return state.underWay.values
        }
        for agent in leaving { agent.stopWithAll() }
    }

    /// Looks whether a session stands still.
    private func keepVigil() async throws {
        while true {
            try await ContinuousClock().sleep(for: SessionVigil.interval)
            for agent in state.withLockedValue(\.underWay.values) { agent.look() }
        }
    }

    /// One session of the agent after another, as its configuration changes.
    private func keepServing(_ name: String) async throws {
        let estate = try await parts.transport.inOwnTask { [parts] in
            NIOLockedValueBox(
                try await parts.outlet.record(of: name).map(ServedAgent.Estate.init) ?? .init())
        }
        var last: ServedAgent?
        while true {
            switch turn(of: name, after: last, leavesDuty: estate.withLockedValue { $0.duty != nil }) {
            case .serve(let agent):
                try await agent.run(estate) { [state] in
                    state.withLockedValue { $0.served[name]?.configuration }
                }
                last = agent
            case .logOut(let agent):
                await agent.logOut()
                estate.withLockedValue { $0.duty = nil }
            case .over: return
            }
        }
    }

    private enum Turn {
        case serve(ServedAgent)
        /// This one left the agent logged in for another than who comes now.
        case logOut(ServedAgent)
        case over
    }

    private func turn(of name: String, after last: ServedAgent?, leavesDuty: Bool) -> Turn {
        state.withLockedValue { state in
            state.underWay[name] = nil
            let next = state.isStopping ? nil : state.served[name].flatMap { $0 === last ? nil : $0 }
            if let last, leavesDuty, !last.sharesLogin(with: next?.configuration) {
                return .logOut(last)
            }
            if let next {
                state.underWay[name] = next
                return .serve(next)
            }
            state.running.remove(name)
            return .over
        }
    }

    /// Those who are served just now.
    var served: [ServedAgent] { Array(state.withLockedValue(\.served).values) }

    /// How each of them goes.
    var statuses: [SessionStatus] { served.map(\.session.status) }

    /// Why they are not all at work, a sentence an agent, of at most ten.
    var troubles: [String] {
        let troubles = state.withLockedValue(\.served).sorted { $0.key < $1.key }.compactMap { name, agent in
            agent.trouble.map { "Agent \(name): \($0)." }
        }
        return Readiness.listed(troubles)
    }
}
