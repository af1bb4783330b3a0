internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// The agents' sessions with GWS, each with its own pump for what it reports. Who is served may change at any time.
final class Sessions: Service {
    private struct State {
        /// Whom the bridge serves, be it by another process.
        var configured: [String: AgentConfiguration] = [:]
        /// Of each of them.
        var shards: [String: Int] = [:]
        var agents: Set<String> = []
        /// The shards that this process serves.
        var held: Set<Int> = []
        /// Those that it will serve.
        var expected: Set<Int> = []
        /// Those of them that another process is ready to take over.
        var deputized: Set<Int> = []
        /// Those of which it is to be seen whether this process serves them still.
        var contested: Set<Int> = []
        /// Who was served by another process, perhaps, until now.
        var takenOver: Set<String> = []
        var served: [String: ServedAgent] = [:]
        /// What is known of their calls outlives a session.
        var watches: [String: AgentWatch] = [:]
        /// Who has a task already, that of a session before it perhaps.
        var running: Set<String> = []
        /// Those whose session runs, its successor being served perhaps.
        var underWay: [String: ServedAgent] = [:]
        /// Nobody begins any more.
        var isStopping = false

        func agents(of shard: Int) -> [String] { shards.filter { $0.value == shard }.map(\.key) }

        func isHeld(_ agent: String) -> Bool { shards[agent].map(held.contains) ?? false }

        func future(of agent: String) -> ServedAgent.Future {
            ServedAgent.Future(
                next: served[agent]?.configuration,
                isElsewhere: configured[agent] != nil && !isHeld(agent),
                hasDeputy: shards[agent].map(deputized.contains) ?? false)
        }
    }

    private let shards: Shards
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
        shards = Shards(configuration.commands.shards)
        parts = ServedAgent.Parts(
            configuration: configuration, names: names, transport: transport, outlet: outlet,
            metrics: metrics,
            stopTime: stopTime, logger: logger, saw: saw)
        (arrivals, arrive) = AsyncStream.makeStream()
        serve(configuration.agents)
    }

    /// The names of those whom the bridge serves, be it by another process.
    var agents: Set<String> { state.withLockedValue(\.agents) }

    /// Where an agent is served.
    enum Place: Sendable {
        case here
        /// By this process, as soon as the one before it has ended its sessions.
        case soonHere
        /// By another process, as far as this one can tell.
        case elsewhere
        /// Nobody serves an agent of that name.
        case nowhere
    }

    func place(of agent: String) -> Place {
        state.withLockedValue { state in
            if state.served[agent] != nil { return .here }
            guard let shard = state.shards[agent] else { return .nowhere }
            return state.expected.contains(shard) ? .soonHere : .elsewhere
        }
    }

    subscript(agent: String) -> AgentSession? { state.withLockedValue { $0.served[agent]?.session } }

    /// What is known of the calls of an agent who is served.
    func watch(of agent: String) -> AgentWatch? { state.withLockedValue { $0.watches[agent] } }

    /// Serves these from now on, and touches only those of whom anything changed.
    @discardableResult
    func serve(_ agents: [AgentConfiguration]) -> AgentsChange {
        update { state in
            let change = AgentsChange(from: state.configured, to: agents)
            state.configured = Dictionary(agents.map { ($0.name, $0) }) { first, _ in first }
            state.agents = Set(state.configured.keys)
            state.shards = Dictionary(
                uniqueKeysWithValues: state.agents.map { ($0, shards.shard(of: $0)) })
            return change
        }
    }

    /// This process will serve a shard, and is given its commands.
    func expect(_ shard: Int) { state.withLockedValue { _ = $0.expected.insert(shard) } }

    /// This process serves a shard from now on.
    ///
    /// - Parameter fromOther: whether another did until now, perhaps.
    func hold(_ shard: Int, fromOther: Bool) {
        update { state in
            state.held.insert(shard)
            state.expected.remove(shard)
            if fromOther { state.takenOver.formUnion(state.agents(of: shard)) }
        }
    }

    /// Another process serves a shard from now on.
    func leave(_ shard: Int) {
        update { state in
            state.held.remove(shard)
            state.expected.remove(shard)
            // Whoever serves them again finds them otherwise than they are known here.
            state.takenOver.formUnion(state.agents(of: shard))
        }
    }

    /// Whether this process serves a shard, or will.
    func serves(_ shard: Int) -> Bool {
        state.withLockedValue { $0.held.contains(shard) || $0.expected.contains(shard) }
    }

    /// Another process is ready to take over these shards, and no others; of some of them it may have done so.
    func deputize(_ deputized: Set<Int>, contested: Set<Int>) {
        state.withLockedValue { ($0.deputized, $0.contested) = (deputized, contested) }
    }

    /// Whether it is to be seen whether this process serves a shard still.
    func isContested(_ shard: Int) -> Bool { state.withLockedValue { $0.contested.contains(shard) } }

    /// Begins and ends sessions as the change has it.
    private func update<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, leaving, arriving) = state.withLockedValue { state in
            let result = body(&state)
            let agents = state.configured.values.filter { state.isHeld($0.name) }
            let change = AgentsChange(from: state.served.mapValues(\.configuration), to: Array(agents))
            var leaving = change.removed.compactMap { state.served.removeValue(forKey: $0) }
            for agent in change.changed + change.added {
                let watch = state.watches[agent.name] ?? AgentWatch()
                state.watches[agent.name] = watch
                let new = ServedAgent(agent, watch: watch, parts: parts)
                if let old = state.served.updateValue(new, forKey: agent.name) { leaving.append(old) }
            }
            for agent in change.removed { state.watches[agent] = nil }
            let arriving = change.added.map(\.name).filter { state.running.insert($0).inserted }
            return (result, leaving, arriving)
        }
        for agent in leaving { agent.stopAlone() }
        for name in arriving { arrive.yield(name) }
        return result
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
        let estate = NIOLockedValueBox(try await estate(of: name))
        var last: ServedAgent?
        while true {
            switch turn(of: name, after: last, leavesDuty: estate.withLockedValue { $0.duty != nil }) {
            case .serve(let agent):
                if state.withLockedValue({ $0.takenOver.contains(name) }) {
                    let new = try await self.estate(of: name)
                    estate.withLockedValue { $0 = new }
                }
                try await agent.run(estate) { [state] in state.withLockedValue { $0.future(of: name) } }
                last = agent
            case .logOut(let agent):
                await agent.logOut()
                estate.withLockedValue { $0.duty = nil }
            case .over: return
            }
        }
    }

    /// What is known of an agent whose session begins.
    private func estate(of name: String) async throws -> ServedAgent.Estate {
        let isTakenOver = state.withLockedValue { $0.takenOver.remove(name) != nil }
        return try await parts.transport.inOwnTask { [parts] in
            var estate = try await parts.outlet.record(of: name).map(ServedAgent.Estate.init) ?? .init()
            if isTakenOver { estate.takeOver() }
            return estate
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
