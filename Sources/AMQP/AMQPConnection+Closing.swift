internal import CRabbitMQ
internal import Logging

extension AMQPConnection {
    /// How far an orderly end has come.
    struct Closing {
        var deadline: ContinuousClock.Instant
        var isSayingGoodbye = false
    }

    /// Stops consuming, waits for what is out to be confirmed and tells what was settled, then closes channel and
    /// connection; cuts the connection when that takes longer than `limit`. Cancellation does not shorten it.
    public func close(within limit: Duration) async {
        if isOpen {
            let deadline = ContinuousClock.now + limit
            if let closing {
                self.closing?.deadline = min(closing.deadline, deadline)
            } else {
                // What was handed over before is not too late.
                takeMail(.now)
                closing = Closing(deadline: deadline)
                for tag in consumers.keys { enqueueCancel(tag) { _ in } }
            }
        }
        _ = await mailbox.ended(isCancellable: false)
    }

    func advanceClosing() {
        guard let closing, !closing.isSayingGoodbye, isOpen else { return }
        guard outbox.isEmpty, calls.isEmpty, acks.pending == 0, settlementsToSend.isEmpty else { return }
        self.closing?.isSayingGoodbye = true
        enqueueCall("channel.close", [AMQP_CHANNEL_CLOSE_OK_METHOD]) { handle throws(AMQPError) in
            var method = amqp_channel_close_t()
            method.reply_code = UInt16(AMQP_REPLY_SUCCESS)
            try handle.send(AMQP_CHANNEL_CLOSE_METHOD, method)
        } complete: { result in
            if case .success = result { self.closeConnection() }
        }
        thread.wake()
    }

    private func closeConnection() {
        enqueueCall("connection.close", [AMQP_CONNECTION_CLOSE_OK_METHOD]) { handle throws(AMQPError) in
            try handle.send(AMQP_CONNECTION_CLOSE_METHOD, Self.goodbye(), channel: 0)
        } complete: { result in
            if case .success = result { self.end(.closed) }
        }
    }

    static func goodbye() -> amqp_connection_close_t {
        var method = amqp_connection_close_t()
        method.reply_code = UInt16(AMQP_REPLY_SUCCESS)
        return method
    }

    /// Everything pending ends with the same error; the socket goes with the handle.
    func end(_ error: AMQPError) {
        guard isOpen else { return }
        // A broker that hangs up on our goodbye has only left first.
        let error = closing?.isSayingGoodbye == true ? .closed : error
        phase = .ended(error)
        logger.debug("Connection ended", metadata: [LogKeys.reason: "\(error)"])
        for call in calls.removeAll() { call.complete?(.failure(error)) }
        outbox.abandonAll(error)
        for consumer in consumers.values {
            consumer.buffer.finish(error == .closed ? .success(()) : .failure(error), dropping: true)
        }
        consumers = [:]
        consumersWithNews = []
        let late = mailbox.end(
            error, ConnectionStatus(lastHeard: pulse.lastHeard, lastConfirmed: lastConfirmed))
        for publishing in late.publishings { Batch(publishing).finish(error) }
    }
}
