internal import AMQP
internal import NIOConcurrencyHelpers

/// Has the broker bring each agent's commands to the queue of its shard, as agents come and go. With one shard there is
/// nothing to do: its queue gets all.
final class AgentBindings: Sendable {
    private struct State {
        var agents: Set<String> = []
        /// They are not served any more, and may be bound.
        var gone: Set<String> = []
        /// Hears that there is something to do.
        var change: AsyncStream<Void>.Continuation?
    }

    private let shards: Shards
    private let names: Names
    private let state: NIOLockedValueBox<State>

    init(shards: Shards, names: Names, agents: some Sequence<String>) {
        self.shards = shards
        self.names = names
        state = NIOLockedValueBox(State(agents: Set(agents)))
    }

    /// These are served from now on.
    func serve(_ agents: some Sequence<String>) {
        let agents = Set(agents)
        let change = state.withLockedValue { state in
            state.gone.formUnion(state.agents.subtracting(agents))
            state.gone.subtract(agents)
            state.agents = agents
            return state.change
        }
        change?.yield()
    }

    /// Binds all of them, for somebody may have deleted a queue meanwhile, and unbinds those who are gone.
    ///
    /// - Returns: those who are bound.
    func settle(on connection: AMQPConnection) async throws -> Set<String> {
        try await carryOut(on: connection, bound: [])
    }

    /// Follows changes until it is cancelled. One at a time.
    func follow(on connection: AMQPConnection, bound: Set<String>) async throws {
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLockedValue { $0.change = change }
        // There may have been one before.
        change.yield()
        var bound = bound
        for await _ in changes { bound = try await carryOut(on: connection, bound: bound) }
    }

    private func carryOut(on connection: AMQPConnection, bound: Set<String>) async throws -> Set<String> {
        let (agents, gone) = state.withLockedValue { ($0.agents, $0.gone) }
        guard shards.count > 1 else { return agents }
        for binding in bindings(of: agents.subtracting(bound)) { try await connection.bind(binding) }
        for binding in bindings(of: gone) { try await connection.unbind(binding) }
        state.withLockedValue { $0.gone.subtract(gone) }
        return agents
    }

    private func bindings(of agents: Set<String>) -> [Binding] {
        agents.sorted().compactMap { BridgeTopology.binding(of: $0, to: shards, names: names) }
    }
}
