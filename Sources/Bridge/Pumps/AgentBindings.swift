internal import AMQP
internal import NIOConcurrencyHelpers

/// Has the broker bring each agent's commands to the queue of its shard, as agents come and go. With one shard there is
/// nothing to do: its queue gets all. Nor is there where the topology is not the bridge's to declare.
///
/// All of them are bound before the process takes its first command. On a later link they still are, unless somebody
/// unbound them or deleted a queue, and with thousands of agents to make sure of it takes its time: so that is done beside
/// the taking of commands, and whose command came to nobody meanwhile is bound at once.
final class AgentBindings: Sendable {
    private struct State {
        var agents: Set<String> = []
        /// They are not served any more, and may be bound.
        var gone: Set<String> = []
        /// Whether all have been bound, on whichever link.
        var isSettled = false
        /// Who has been on this one.
        var bound: Set<String> = []
        /// Hears that there is something to do.
        var change: AsyncStream<Void>.Continuation?
    }

    private let shards: Shards
    private let names: Names
    private let isOurs: Bool
    private let state: NIOLockedValueBox<State>

    init(_ configuration: BridgeConfiguration, _ names: Names) {
        shards = Shards(configuration.commands.shards)
        self.names = names
        isOurs = shards.count > 1 && configuration.topology == .declare
        state = NIOLockedValueBox(State(agents: Set(configuration.agents.map(\.name))))
    }

    /// These are served from now on.
    func serve(_ agents: some Sequence<String>) {
        guard isOurs else { return }
        let agents = Set(agents)
        let change = state.withLockedValue { state in
            state.gone.formUnion(state.agents.subtracting(agents))
            state.gone.subtract(agents)
            state.agents = agents
            return state.change
        }
        change?.yield()
    }

    /// Binds all of them, where this process never has. To be called with each link, before ``follow(on:)``.
    func settle(on connection: AMQPConnection) async throws {
        let isSettled = state.withLockedValue { state in
            state.bound = []
            return state.isSettled
        }
        guard isOurs, !isSettled else { return }
        try await carryOut(on: connection)
        state.withLockedValue { $0.isSettled = true }
    }

    /// Binds who is not known to be bound, then follows changes until it is cancelled. One at a time.
    func follow(on connection: AMQPConnection) async throws {
        guard isOurs else { return }
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLockedValue { $0.change = change }
        // There may have been one before.
        change.yield()
        for await _ in changes { try await carryOut(on: connection) }
    }

    /// What brings the agent's commands to where they belong; nil where there is no reason to think that it is missing.
    ///
    /// - Parameter key: under which a command of the agent came to the wrong place: its own shows that it is.
    func missing(for agent: String, under key: String) -> Binding? {
        guard isOurs, let binding = BridgeTopology.binding(of: agent, to: shards, names: names) else {
            return nil
        }
        let isShown = key.hasPrefix(binding.routingKey.dropLast())
        let isDue = state.withLockedValue { state in
            state.agents.contains(agent) && (isShown || !state.bound.contains(agent))
        }
        return isDue ? binding : nil
    }

    private func carryOut(on connection: AMQPConnection) async throws {
        let (agents, gone, bound) = state.withLockedValue { ($0.agents, $0.gone, $0.bound) }
        for binding in bindings(of: agents.subtracting(bound)) { try await connection.bind(binding) }
        for binding in bindings(of: gone) { try await connection.unbind(binding) }
        state.withLockedValue { state in
            state.gone.subtract(gone)
            state.bound = agents
        }
    }

    private func bindings(of agents: Set<String>) -> [Binding] {
        agents.sorted().compactMap { BridgeTopology.binding(of: $0, to: shards, names: names) }
    }
}
