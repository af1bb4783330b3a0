internal import AMQP

extension BridgeTopology {
    /// Makes the broker have it, or checks that it does.
    ///
    /// That is also to wait for it: while a broker starts, a stream that is not up yet is no queue to it, and it would
    /// confirm events and drop them (seen with RabbitMQ 3.10). To ask for the stream is 404 then, and tried again.
    func settle(on connection: AMQPConnection, _ mode: BridgeConfiguration.Topology) async throws {
        guard mode != .none else { return }
        // Before the exchange that refers to it: no exchange can be given other arguments later.
        for exchange in foreignExchanges { try await look(for: exchange, on: connection) }
        for exchange in exchanges { try await connection.declare(exchange, passively: mode == .check) }
        for queue in queues { _ = try await connection.declare(queue, passively: mode == .check) }
        guard mode == .declare else { return }
        for binding in bindings { try await connection.bind(binding) }
    }

    /// - Throws: ``BridgeFailure`` where it is not there.
    private func look(for exchange: String, on connection: AMQPConnection) async throws {
        do {
            try await connection.declare(Exchange(name: exchange, kind: .topic), passively: true)
        } catch AMQPError.channelClosed(404, _, _) {
            throw BridgeFailure(missingAlternate: exchange)
        }
    }
}
