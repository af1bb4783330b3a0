internal import CRabbitMQ

extension Arena {
    func properties(_ properties: Properties) -> amqp_basic_properties_t {
        var fields = amqp_basic_properties_t()
        var flags: amqp_flags_t = 0
        func set(_ flag: Int32, _ text: String?, _ field: inout amqp_bytes_t) {
            guard let text else { return }
            flags |= amqp_flags_t(flag)
            field = bytes(text)
        }
        set(AMQP_BASIC_CONTENT_TYPE_FLAG, properties.contentType, &fields.content_type)
        set(AMQP_BASIC_CONTENT_ENCODING_FLAG, properties.contentEncoding, &fields.content_encoding)
        if !properties.headers.isEmpty {
            flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
            fields.headers = table(properties.headers)
        }
        if let mode = properties.deliveryMode {
            flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
            fields.delivery_mode = mode
        }
        if let priority = properties.priority {
            flags |= amqp_flags_t(AMQP_BASIC_PRIORITY_FLAG)
            fields.priority = priority
        }
        set(AMQP_BASIC_CORRELATION_ID_FLAG, properties.correlationID, &fields.correlation_id)
        set(AMQP_BASIC_REPLY_TO_FLAG, properties.replyTo, &fields.reply_to)
        set(AMQP_BASIC_EXPIRATION_FLAG, properties.expiration, &fields.expiration)
        set(AMQP_BASIC_MESSAGE_ID_FLAG, properties.messageID, &fields.message_id)
        if let timestamp = properties.timestamp {
            flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
            fields.timestamp = timestamp
        }
        set(AMQP_BASIC_TYPE_FLAG, properties.type, &fields.type)
        set(AMQP_BASIC_USER_ID_FLAG, properties.userID, &fields.user_id)
        set(AMQP_BASIC_APP_ID_FLAG, properties.appID, &fields.app_id)
        set(AMQP_BASIC_CLUSTER_ID_FLAG, properties.clusterID, &fields.cluster_id)
        fields._flags = flags
        return fields
    }
}

extension Properties {
    /// Only what is flagged is looked at.
    init(_ fields: amqp_basic_properties_t) {
        self.init()
        func has(_ flag: Int32) -> Bool { fields._flags & amqp_flags_t(flag) != 0 }
        if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = String(fields.content_type) }
        if has(AMQP_BASIC_CONTENT_ENCODING_FLAG) { contentEncoding = String(fields.content_encoding) }
        if has(AMQP_BASIC_HEADERS_FLAG) { headers = FieldTable(fields.headers) }
        if has(AMQP_BASIC_DELIVERY_MODE_FLAG) { deliveryMode = fields.delivery_mode }
        if has(AMQP_BASIC_PRIORITY_FLAG) { priority = fields.priority }
        if has(AMQP_BASIC_CORRELATION_ID_FLAG) { correlationID = String(fields.correlation_id) }
        if has(AMQP_BASIC_REPLY_TO_FLAG) { replyTo = String(fields.reply_to) }
        if has(AMQP_BASIC_EXPIRATION_FLAG) { expiration = String(fields.expiration) }
        if has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = String(fields.message_id) }
        if has(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = fields.timestamp }
        if has(AMQP_BASIC_TYPE_FLAG) { type = String(fields.type) }
        if has(AMQP_BASIC_USER_ID_FLAG) { userID = String(fields.user_id) }
        if has(AMQP_BASIC_APP_ID_FLAG) { appID = String(fields.app_id) }
        if has(AMQP_BASIC_CLUSTER_ID_FLAG) { clusterID = String(fields.cluster_id) }
    }
}
