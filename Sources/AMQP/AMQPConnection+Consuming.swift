internal import CRabbitMQ
internal import Logging

extension AMQPConnection {
    /// What the thread keeps of a consumer.
    struct ConsumerState {
        let buffer = DeliveryBuffer()
        let acknowledges: Bool
        /// What this turn has taken in so far.
        var news: [Delivery] = []
    }

    /// Has the broker deliver from `queue`, at most `prefetch` messages ahead of their settling.
    ///
    /// Without `acknowledges` there is nothing to settle, and nothing that bounds what arrives but its reader.
    public func consume(
        _ queue: String,
        prefetch: UInt16,
        tag: String? = nil,
        exclusive: Bool = false,
        acknowledges: Bool = true,
        arguments: FieldTable = [:]
    ) async throws(AMQPError) -> Consumer {
        // Named by us, so that the consumer is known before its first delivery comes.
        let tag = tag ?? "consumer-\(mailbox.nextID())"
        try check(["queue": queue, "consumer tag": tag], arguments)
        guard consumers[tag] == nil else { throw .invalidMessage(reason: "the tag \(tag) is in use") }
        let state = ConsumerState(acknowledges: acknowledges)
        if isOpen { consumers[tag] = state }
        enqueueCall("basic.qos", [AMQP_BASIC_QOS_OK_METHOD]) { handle throws(AMQPError) in
            var method = amqp_basic_qos_t()
            method.prefetch_count = prefetch
            try handle.send(AMQP_BASIC_QOS_METHOD, method)
        } complete: { _ in
        }
        do throws(AMQPError) {
            _ = try await call("basic.consume \(queue)", AMQP_BASIC_CONSUME_OK_METHOD) {
                handle throws(AMQPError) in
                var method = amqp_basic_consume_t()
                method.queue = handle.arena.bytes(queue)
                method.consumer_tag = handle.arena.bytes(tag)
                method.no_ack = acknowledges ? 0 : 1
                method.exclusive = exclusive ? 1 : 0
                method.arguments = handle.arena.table(arguments)
                try handle.send(AMQP_BASIC_CONSUME_METHOD, method)
            }
        } catch {
            // Cancelled while the broker was asked: it may deliver yet, and nobody would read.
            if isOpen { enqueueCancel(tag) { _ in } }
            throw error
        }
        return Consumer(tag: tag, buffer: state.buffer, connection: self)
    }

    /// One message, if the queue has one.
    public func get(_ queue: String) async throws(AMQPError) -> Delivery? {
        try check(["queue": queue])
        let reply = try await call(
            "basic.get \(queue)", AMQP_BASIC_GET_OK_METHOD, AMQP_BASIC_GET_EMPTY_METHOD
        ) { handle throws(AMQPError) in
            var method = amqp_basic_get_t()
            method.queue = handle.arena.bytes(queue)
            try handle.send(AMQP_BASIC_GET_METHOD, method)
        }
        guard case .delivery(let delivery) = reply else { throw Self.wrongAnswer }
        return delivery
    }

    func cancelConsumer(_ tag: String) async throws(AMQPError) {
        guard consumers[tag] != nil else { return }
        let result = await withCheckedContinuation {
            (waiter: CheckedContinuation<Result<Void, AMQPError>, Never>) in
            enqueueCancel(tag) { waiter.resume(returning: $0.map { _ in }) }
        }
        try result.get()
    }

    func enqueueCancel(_ tag: String, _ complete: @escaping Call.Completion) {
        enqueueCall("basic.cancel \(tag)", [AMQP_BASIC_CANCEL_OK_METHOD]) { handle throws(AMQPError) in
            var method = amqp_basic_cancel_t()
            method.consumer_tag = handle.arena.bytes(tag)
            try handle.send(AMQP_BASIC_CANCEL_METHOD, method)
        } complete: { result in
            if case .success = result { self.forgetConsumer(tag, .success(())) }
            complete(result)
        }
    }

    func delivered(_ delivery: Delivery, to tag: String) throws(AMQPError) {
        guard let index = consumers.index(forKey: tag) else {
            // Of a consumer just cancelled: back to the queue with it.
            guard acks.delivered(delivery.tag) else { throw Self.wrongTag }
            return acks.settle(delivery.tag, .reject(requeue: true))
        }
        if consumers.values[index].acknowledges, !acks.delivered(delivery.tag) { throw Self.wrongTag }
        if consumers.values[index].news.isEmpty { consumersWithNews.append(tag) }
        consumers.values[index].news.append(delivery)
    }

    static let wrongTag = AMQPError.disconnected(reason: "the broker gave a delivery tag out of order")

    func handOutDeliveries() {
        guard !consumersWithNews.isEmpty else { return }
        for tag in consumersWithNews { handOut(tag) }
        consumersWithNews.removeAll(keepingCapacity: true)
    }

    private func handOut(_ tag: String) {
        guard let index = consumers.index(forKey: tag), !consumers.values[index].news.isEmpty else { return }
        let news = consumers.values[index].news
        consumers.values[index].news = []
        consumers.values[index].buffer.deliver(news)
    }

    func consumerWasCancelled(_ tag: String) {
        logger.info("Broker cancelled a consumer", metadata: [LogKeys.consumer: "\(tag)"])
        forgetConsumer(tag, .failure(.consumerCancelled(tag: tag)))
    }

    private func forgetConsumer(_ tag: String, _ end: Result<Void, AMQPError>) {
        handOut(tag)
        consumers.removeValue(forKey: tag)?.buffer.finish(end, dropping: false)
    }
}
