internal import CRabbitMQ
internal import Logging

/// What each frame of the broker means.
extension AMQPConnection {
    func take(_ frame: amqp_frame_t, _ handle: ConnectionHandle) throws(AMQPError) {
        // The library keeps memory for every channel that it hears of.
        guard frame.channel == 0 || frame.channel == ConnectionHandle.channel else {
            throw .disconnected(reason: "a frame came on channel \(frame.channel), which was not opened")
        }
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            try take(frame.payload.method, handle)
        case AMQP_FRAME_HEADER:
            try incoming.header(frame)
            try takeContentIfComplete()
        case AMQP_FRAME_BODY:
            try incoming.body(frame.payload.body_fragment)
            try takeContentIfComplete()
        default:
            break
        }
    }

    private func take(_ method: amqp_method_t, _ handle: ConnectionHandle) throws(AMQPError) {
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            try incoming.begin(delivery: method.as(amqp_basic_deliver_t.self))
        case AMQP_BASIC_RETURN_METHOD:
            try incoming.begin(return: method.as(amqp_basic_return_t.self))
        case AMQP_BASIC_GET_OK_METHOD:
            try incoming.begin(get: method.as(amqp_basic_get_ok_t.self))
        case AMQP_BASIC_ACK_METHOD:
            let ack = method.as(amqp_basic_ack_t.self)
            settle(ack.delivery_tag, multiple: ack.multiple != 0, isNack: false)
        case AMQP_BASIC_NACK_METHOD:
            let nack = method.as(amqp_basic_nack_t.self)
            settle(nack.delivery_tag, multiple: nack.multiple != 0, isNack: true)
        case AMQP_BASIC_CANCEL_METHOD:
            consumerWasCancelled(String(method.as(amqp_basic_cancel_t.self).consumer_tag))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            blocked(String(method.as(amqp_connection_blocked_t.self).reason))
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            unblocked()
        case AMQP_CHANNEL_CLOSE_METHOD, AMQP_CONNECTION_CLOSE_METHOD:
            closedByBroker(method, handle)
        default:
            try answer(method.id, reply(method))
        }
    }

    private func settle(_ number: UInt64, multiple: Bool, isNack: Bool) {
        lastConfirmed = .now
        outbox.confirms.settled(number, multiple: multiple, isNack: isNack) { token, result in
            token.batch.settle(token.index, result)
        }
    }

    private func blocked(_ reason: String) {
        blockedReason = reason
        logger.warning("Broker takes no messages for now", metadata: [LogKeys.reason: "\(reason)"])
    }

    private func unblocked() {
        blockedReason = nil
        unblockedAt = .now
        calls.extend(to: unblockedAt + settings.operationTimeout)
        logger.info("Broker takes messages again")
    }

    private func closedByBroker(_ method: amqp_method_t, _ handle: ConnectionHandle) {
        let frame = Self.frame(method)
        guard let reason = Self.closeReason(frame) else { return }
        // It is over whether or not the broker still reads the courtesies.
        if method.id == AMQP_CONNECTION_CLOSE_METHOD {
            try? handle.send(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(), channel: 0)
        } else {
            try? handle.send(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t())
            try? handle.send(AMQP_CONNECTION_CLOSE_METHOD, Self.goodbye(), channel: 0)
        }
        end(reason)
    }

    private static func frame(_ method: amqp_method_t) -> amqp_frame_t {
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_METHOD)
        frame.payload.method = method
        return frame
    }

    /// What the broker says in closing channel or connection; nil for any other frame.
    static func closeReason(_ frame: amqp_frame_t) -> AMQPError? {
        guard Int32(frame.frame_type) == AMQP_FRAME_METHOD else { return nil }
        let method = frame.payload.method
        switch method.id {
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = method.as(amqp_connection_close_t.self)
            return .connectionClosed(code: Int(close.reply_code), text: String(close.reply_text))
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = method.as(amqp_channel_close_t.self)
            let id = amqp_method_number_t(close.class_id) << 16 | amqp_method_number_t(close.method_id)
            return .channelClosed(
                code: Int(close.reply_code), text: String(close.reply_text), method: name(of: id))
        default:
            return nil
        }
    }

    /// Such as `basic.publish`; nil where the broker named none, or the library knows none of that number.
    private static func name(of id: amqp_method_number_t) -> String? {
        guard let name = amqp_method_name(id) else { return nil }
        // The library says AMQP_BASIC_PUBLISH_METHOD.
        let words = String(cString: name).lowercased().split(separator: "_").dropFirst().dropLast()
        guard let first = words.first else { return nil }
        return "\(first).\(words.dropFirst().joined(separator: "-"))"
    }

    private func takeContentIfComplete() throws(AMQPError) {
        guard let (kind, message) = incoming.takeIfComplete() else { return }
        switch kind {
        case .delivery(let consumer, let tag, let isRedelivered):
            let delivery = Delivery(
                message: message, isRedelivered: isRedelivered, tag: tag, mailbox: mailbox)
            try delivered(delivery, to: consumer)
        case .got(let tag, let isRedelivered):
            let delivery = Delivery(
                message: message, isRedelivered: isRedelivered, tag: tag, mailbox: mailbox)
            guard acks.delivered(tag) else { throw Self.wrongTag }
            try answer(amqp_method_number_t(AMQP_BASIC_GET_OK_METHOD), .delivery(delivery))
        case .returned(let code, let text):
            returned(message, code: code, text: text)
        }
    }

    private func returned(_ message: AMQPMessage, code: Int, text: String) {
        let isKnown = outbox.confirms.returned(code: code, text: text) { $0.message.isSame(as: message) }
        if !isKnown { logger.warning("Broker returned a message that is not out") }
    }

    private func answer(_ method: amqp_method_number_t, _ reply: Reply?) throws(AMQPError) {
        guard let reply else { return }
        guard let call = calls.answered(by: method) else {
            throw .disconnected(reason: "the broker answered what nobody asked")
        }
        call.complete?(.success(reply))
    }

    /// The answer that a method is; nil for a method that answers nothing.
    private func reply(_ method: amqp_method_t) -> Reply? {
        switch method.id {
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let ok = method.as(amqp_queue_declare_ok_t.self)
            return .queue(
                QueueStatus(
                    name: String(ok.queue), messages: Int(ok.message_count), consumers: Int(ok.consumer_count)
                ))
        case AMQP_QUEUE_PURGE_OK_METHOD:
            return .count(Int(method.as(amqp_queue_purge_ok_t.self).message_count))
        case AMQP_QUEUE_DELETE_OK_METHOD:
            return .count(Int(method.as(amqp_queue_delete_ok_t.self).message_count))
        case AMQP_BASIC_CONSUME_OK_METHOD:
            return .tag(String(method.as(amqp_basic_consume_ok_t.self).consumer_tag))
        case AMQP_BASIC_CANCEL_OK_METHOD:
            return .tag(String(method.as(amqp_basic_cancel_ok_t.self).consumer_tag))
        case AMQP_BASIC_GET_EMPTY_METHOD:
            return .delivery(nil)
        case AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_EXCHANGE_DELETE_OK_METHOD, AMQP_EXCHANGE_BIND_OK_METHOD,
            AMQP_EXCHANGE_UNBIND_OK_METHOD, AMQP_QUEUE_BIND_OK_METHOD, AMQP_QUEUE_UNBIND_OK_METHOD,
            AMQP_BASIC_QOS_OK_METHOD, AMQP_CHANNEL_CLOSE_OK_METHOD, AMQP_CONNECTION_CLOSE_OK_METHOD:
            return .done
        default:
            return nil
        }
    }
}

extension amqp_method_t {
    func `as`<Method>(_: Method.Type) -> Method {
        decoded.assumingMemoryBound(to: Method.self).pointee
    }
}

extension AMQPMessage {
    /// Whether `returned`, as the broker gave it back, is this message. Headers may have been changed on the way
    /// (the broker takes BCC out), so they are not asked.
    fileprivate func isSame(as returned: AMQPMessage) -> Bool {
        routingKey == returned.routingKey && exchange == returned.exchange
            && properties.messageID == returned.properties.messageID
            && properties.correlationID == returned.properties.correlationID && body == returned.body
    }
}
