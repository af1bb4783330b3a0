internal import CRabbitMQ

/// Puts a message together from its method, its header and the frames of its body; copies each once.
struct Incoming {
    enum Kind {
        case delivery(consumer: String, tag: UInt64, isRedelivered: Bool)
        case got(tag: UInt64, isRedelivered: Bool)
        case returned(code: Int, text: String)
    }

    private enum Stage {
        case idle
        case header(Kind)
        case body(Kind, missing: Int)
    }

    /// RabbitMQ itself takes no more than 512 MiB.
    private static let sizeLimit = 1 << 30
    /// What is made room for at once; what is more has to arrive first.
    private static let reservation = 16 << 20

    private var stage = Stage.idle
    private var message = AMQPMessage(exchange: "", routingKey: "", body: [])
    private var consumer = RepeatedText()
    private var exchange = RepeatedText()

    mutating func begin(delivery: amqp_basic_deliver_t) throws(AMQPError) {
        let kind = Kind.delivery(
            consumer: consumer.text(delivery.consumer_tag),
            tag: delivery.delivery_tag,
            isRedelivered: delivery.redelivered != 0
        )
        try begin(kind, exchange: delivery.exchange, routingKey: delivery.routing_key)
    }

    mutating func begin(get: amqp_basic_get_ok_t) throws(AMQPError) {
        let kind = Kind.got(tag: get.delivery_tag, isRedelivered: get.redelivered != 0)
        try begin(kind, exchange: get.exchange, routingKey: get.routing_key)
    }

    mutating func begin(return method: amqp_basic_return_t) throws(AMQPError) {
        let kind = Kind.returned(code: Int(method.reply_code), text: String(method.reply_text))
        try begin(kind, exchange: method.exchange, routingKey: method.routing_key)
    }

    private mutating func begin(
        _ kind: Kind, exchange name: amqp_bytes_t, routingKey: amqp_bytes_t
    ) throws(AMQPError) {
        guard case .idle = stage else { throw Self.outOfOrder }
        message.exchange = exchange.text(name)
        message.routingKey = String(routingKey)
        stage = .header(kind)
    }

    mutating func header(_ frame: amqp_frame_t) throws(AMQPError) {
        let header = frame.payload.properties
        guard case .header(let kind) = stage, header.class_id == UInt16(AMQP_BASIC_CLASS) else {
            throw Self.outOfOrder
        }
        guard let size = Int(exactly: header.body_size), size <= Self.sizeLimit else {
            throw .disconnected(reason: "a message of \(header.body_size) bytes was announced")
        }
        message.properties = Properties(
            header.decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
        stage = .body(kind, missing: size)
    }

    mutating func body(_ fragment: amqp_bytes_t) throws(AMQPError) {
        guard case .body(let kind, let missing) = stage, fragment.len <= missing else {
            throw Self.outOfOrder
        }
        let bytes = UnsafeRawBufferPointer(fragment)
        if message.body.isEmpty, missing == fragment.len {
            message.body = Array(bytes)
        } else {
            if message.body.isEmpty { message.body.reserveCapacity(min(missing, Self.reservation)) }
            message.body.append(contentsOf: bytes)
        }
        stage = .body(kind, missing: missing - fragment.len)
    }

    mutating func takeIfComplete() -> (Kind, AMQPMessage)? {
        guard case .body(let kind, missing: 0) = stage else { return nil }
        stage = .idle
        defer {
            message.body = []
            message.properties = Properties()
        }
        return (kind, message)
    }

    private static let outOfOrder = AMQPError.disconnected(reason: "the broker sent frames out of order")
}
