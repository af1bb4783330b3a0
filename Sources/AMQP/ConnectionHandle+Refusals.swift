internal import CRabbitMQ

extension ConnectionHandle {
    /// Tells apart why a broker did not let us in.
    func checkOpening(_ reply: amqp_rpc_reply_t, _ endpoint: Broker.Endpoint) throws(AMQPError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            guard reply.reply.id == UInt32(AMQP_CONNECTION_CLOSE_METHOD), let decoded = reply.reply.decoded
            else {
                throw .unreachable(endpoint: "\(endpoint)", reason: "the broker refused the channel")
            }
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            throw Self.refusal(code: Int(close.reply_code), text: String(close.reply_text))
        default:
            let status = reply.library_error
            if status == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD.rawValue {
                throw .authenticationRefused(text: Self.text(status))
            }
            throw .unreachable(endpoint: "\(endpoint)", reason: Self.text(status) + " during the login")
        }
    }

    static func refusal(code: Int, text: String) -> AMQPError {
        switch code {
        case 403: .authenticationRefused(text: text)
        // A virtual host that is starting, or full, is not a wrong one.
        case 530 where !text.contains("is down") && !text.contains("limit"): .virtualHostRefused(text: text)
        default: .connectionClosed(code: code, text: text)
        }
    }
}
