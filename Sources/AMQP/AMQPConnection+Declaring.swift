internal import CRabbitMQ

/// Calls that the broker answers: sent when their turn comes, answered by a frame, bounded by the operation timeout.
///
/// A refusal closes the channel, and so ends the connection: the error is `channelClosed`.
extension AMQPConnection {
    /// With `passively`, only checks that it is there.
    public func declare(_ exchange: Exchange, passively: Bool = false) async throws(AMQPError) {
        try check(["exchange": exchange.name, "kind": exchange.kind.name], exchange.arguments)
        _ = try await call("exchange.declare \(exchange.name)", AMQP_EXCHANGE_DECLARE_OK_METHOD) {
            handle throws(AMQPError) in
            var method = amqp_exchange_declare_t()
            method.exchange = handle.arena.bytes(exchange.name)
            method.type = handle.arena.bytes(exchange.kind.name)
            method.passive = passively ? 1 : 0
            method.durable = exchange.durable ? 1 : 0
            method.auto_delete = exchange.autoDelete ? 1 : 0
            method.internal = exchange.internal ? 1 : 0
            method.arguments = handle.arena.table(exchange.arguments)
            try handle.send(AMQP_EXCHANGE_DECLARE_METHOD, method)
        }
    }

    /// With `passively`, only checks that it is there.
    public func declare(_ queue: Queue, passively: Bool = false) async throws(AMQPError) -> QueueStatus {
        try check(["queue": queue.name], queue.arguments)
        let reply = try await call("queue.declare \(queue.name)", AMQP_QUEUE_DECLARE_OK_METHOD) {
            handle throws(AMQPError) in
            var method = amqp_queue_declare_t()
            method.queue = handle.arena.bytes(queue.name)
            method.passive = passively ? 1 : 0
            method.durable = queue.durable ? 1 : 0
            method.exclusive = queue.exclusive ? 1 : 0
            method.auto_delete = queue.autoDelete ? 1 : 0
            method.arguments = handle.arena.table(queue.arguments)
            try handle.send(AMQP_QUEUE_DECLARE_METHOD, method)
        }
        guard case .queue(let status) = reply else { throw Self.wrongAnswer }
        return status
    }

    public func bind(_ binding: Binding) async throws(AMQPError) {
        try await bind(binding, on: true)
    }

    public func unbind(_ binding: Binding) async throws(AMQPError) {
        try await bind(binding, on: false)
    }

    private func bind(_ binding: Binding, on isBinding: Bool) async throws(AMQPError) {
        let verb = isBinding ? "bind" : "unbind"
        switch binding.destination {
        case .queue(let queue):
            try check(
                ["exchange": binding.source, "queue": queue, "routing key": binding.routingKey],
                binding.arguments)
            let answer = isBinding ? AMQP_QUEUE_BIND_OK_METHOD : AMQP_QUEUE_UNBIND_OK_METHOD
            _ = try await call("queue.\(verb) \(queue)", answer) { handle throws(AMQPError) in
                try handle.bind(binding, queue: queue, on: isBinding)
            }
        case .exchange(let exchange):
            try check(
                ["exchange": binding.source, "destination": exchange, "routing key": binding.routingKey],
                binding.arguments)
            let answer = isBinding ? AMQP_EXCHANGE_BIND_OK_METHOD : AMQP_EXCHANGE_UNBIND_OK_METHOD
            _ = try await call("exchange.\(verb) \(exchange)", answer) { handle throws(AMQPError) in
                try handle.bind(binding, exchange: exchange, on: isBinding)
            }
        }
    }

    public func delete(exchange: String) async throws(AMQPError) {
        try check(["exchange": exchange])
        _ = try await call("exchange.delete \(exchange)", AMQP_EXCHANGE_DELETE_OK_METHOD) {
            handle throws(AMQPError) in
            var method = amqp_exchange_delete_t()
            method.exchange = handle.arena.bytes(exchange)
            try handle.send(AMQP_EXCHANGE_DELETE_METHOD, method)
        }
    }

    /// Returns how many messages went with it.
    @discardableResult
    public func delete(
        queue: String, ifUnused: Bool = false, ifEmpty: Bool = false
    ) async throws(AMQPError) -> Int {
        try check(["queue": queue])
        let reply = try await call("queue.delete \(queue)", AMQP_QUEUE_DELETE_OK_METHOD) {
            handle throws(AMQPError) in
            var method = amqp_queue_delete_t()
            method.queue = handle.arena.bytes(queue)
            method.if_unused = ifUnused ? 1 : 0
            method.if_empty = ifEmpty ? 1 : 0
            try handle.send(AMQP_QUEUE_DELETE_METHOD, method)
        }
        guard case .count(let count) = reply else { throw Self.wrongAnswer }
        return count
    }

    /// Returns how many messages it held, those with consumers not counted.
    @discardableResult
    public func purge(queue: String) async throws(AMQPError) -> Int {
        try check(["queue": queue])
        let reply = try await call("queue.purge \(queue)", AMQP_QUEUE_PURGE_OK_METHOD) {
            handle throws(AMQPError) in
            var method = amqp_queue_purge_t()
            method.queue = handle.arena.bytes(queue)
            try handle.send(AMQP_QUEUE_PURGE_METHOD, method)
        }
        guard case .count(let count) = reply else { throw Self.wrongAnswer }
        return count
    }

    func check(
        _ names: KeyValuePairs<String, String>, _ arguments: FieldTable = [:]
    ) throws(AMQPError) {
        try WireSize.check(names: names, arguments: arguments, frameMax: settings.frameMax)
    }

    static let wrongAnswer = AMQPError.disconnected(reason: "the broker answered with another method")
}

extension ConnectionHandle {
    fileprivate func bind(_ binding: Binding, queue: String, on isBinding: Bool) throws(AMQPError) {
        if isBinding {
            var method = amqp_queue_bind_t()
            method.queue = arena.bytes(queue)
            method.exchange = arena.bytes(binding.source)
            method.routing_key = arena.bytes(binding.routingKey)
            method.arguments = arena.table(binding.arguments)
            try send(AMQP_QUEUE_BIND_METHOD, method)
        } else {
            var method = amqp_queue_unbind_t()
            method.queue = arena.bytes(queue)
            method.exchange = arena.bytes(binding.source)
            method.routing_key = arena.bytes(binding.routingKey)
            method.arguments = arena.table(binding.arguments)
            try send(AMQP_QUEUE_UNBIND_METHOD, method)
        }
    }

    fileprivate func bind(_ binding: Binding, exchange: String, on isBinding: Bool) throws(AMQPError) {
        if isBinding {
            var method = amqp_exchange_bind_t()
            method.destination = arena.bytes(exchange)
            method.source = arena.bytes(binding.source)
            method.routing_key = arena.bytes(binding.routingKey)
            method.arguments = arena.table(binding.arguments)
            try send(AMQP_EXCHANGE_BIND_METHOD, method)
        } else {
            var method = amqp_exchange_unbind_t()
            method.destination = arena.bytes(exchange)
            method.source = arena.bytes(binding.source)
            method.routing_key = arena.bytes(binding.routingKey)
            method.arguments = arena.table(binding.arguments)
            try send(AMQP_EXCHANGE_UNBIND_METHOD, method)
        }
    }
}
