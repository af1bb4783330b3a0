internal import AMQP

extension BridgeTopology {
    /// Makes the broker have it, or checks that it does.
    func settle(on connection: AMQPConnection, _ mode: BridgeConfiguration.Topology) async throws {
        guard mode != .none else { return }
        for exchange in exchanges { try await connection.declare(exchange, passively: mode == .check) }
        for queue in queues { _ = try await connection.declare(queue, passively: mode == .check) }
        guard mode == .declare else { return }
        for binding in bindings { try await connection.bind(binding) }
    }
}
