/// What things take on the wire, and whether they may go there at all.
///
/// Asked before anything is written: librabbitmq notices an oversized table only after the frame before it has gone
/// out, which ruins the connection, and cuts short texts at their length modulo 256.
enum WireSize {
    /// Frame type, channel, size, and the end mark.
    static let frame = 8
    /// Class, weight, body size and flags of a header frame.
    private static let header = 14

    /// RabbitMQ takes no more, whatever it is told.
    private static let bodyLimit = 512 << 20

    /// Throws unless the message can be sent in frames of `frameMax` bytes.
    static func check(_ message: AMQPMessage, frameMax: Int) throws(AMQPError) {
        try check("exchange", message.exchange)
        try check("routing key", message.routingKey)
        let size = try header + of(message.properties)
        guard message.body.count <= bodyLimit else {
            throw .invalidMessage(
                reason: "the body has \(message.body.count) bytes, \(bodyLimit) are allowed")
        }
        guard size <= frameMax - frame else {
            throw .invalidMessage(reason: "properties and headers take \(size) of \(frameMax - frame) bytes")
        }
    }

    /// Throws unless the names and arguments of a method can be sent.
    static func check(
        names: KeyValuePairs<String, String>, arguments: FieldTable = [:], frameMax: Int
    ) throws(AMQPError) {
        var size = 32
        for (what, name) in names {
            try check(what, name)
            size += 1 + name.utf8.count
        }
        size += try of(arguments, depth: 0)
        guard size <= frameMax - frame else {
            throw .invalidMessage(reason: "names and arguments take \(size) of \(frameMax - frame) bytes")
        }
    }

    private static func check(_ what: String, _ text: String) throws(AMQPError) {
        guard text.utf8.count <= 255 else {
            throw .invalidMessage(reason: "the \(what) has \(text.utf8.count) bytes, 255 are allowed")
        }
    }

    static func of(_ properties: Properties) throws(AMQPError) -> Int {
        var size = 0
        func add(_ what: String, _ text: String?) throws(AMQPError) {
            guard let text else { return }
            try check(what, text)
            size += 1 + text.utf8.count
        }
        try add("content type", properties.contentType)
        try add("content encoding", properties.contentEncoding)
        if !properties.headers.isEmpty { size += try of(properties.headers, depth: 0) }
        if properties.deliveryMode != nil { size += 1 }
        if properties.priority != nil { size += 1 }
        try add("correlation id", properties.correlationID)
        try add("reply-to", properties.replyTo)
        try add("expiration", properties.expiration)
        try add("message id", properties.messageID)
        if properties.timestamp != nil { size += 8 }
        try add("type", properties.type)
        try add("user id", properties.userID)
        try add("application id", properties.appID)
        try add("cluster id", properties.clusterID)
        return size
    }

    fileprivate static func of(_ table: FieldTable, depth: Int) throws(AMQPError) -> Int {
        guard depth < FieldTable.depthLimit else {
            throw .invalidMessage(reason: "tables are nested deeper than \(FieldTable.depthLimit)")
        }
        var size = 4
        for field in table {
            guard field.key.utf8.count <= 255 else {
                throw .invalidMessage(reason: "a key of \(field.key.utf8.count) bytes, 255 are allowed")
            }
            size += try 1 + field.key.utf8.count + of(field.value, depth: depth + 1)
        }
        return size
    }

    fileprivate static func of(_ value: FieldValue, depth: Int) throws(AMQPError) -> Int {
        switch value {
        case .void: return 1
        case .bool, .int8, .uint8: return 2
        case .int16, .uint16: return 3
        case .int32, .uint32, .float: return 5
        case .decimal: return 6
        case .int64, .double, .timestamp: return 9
        case .uint64(let value):
            guard value <= UInt64(Int64.max) else {
                throw .invalidMessage(reason: "\(value) is more than the broker's integers hold")
            }
            return 9
        case .string(let text): return 5 + text.utf8.count
        case .bytes(let bytes): return 5 + bytes.count
        case .table(let table): return try 1 + of(table, depth: depth)
        case .array(let values):
            guard depth < FieldTable.depthLimit else {
                throw .invalidMessage(reason: "arrays are nested deeper than \(FieldTable.depthLimit)")
            }
            var size = 5
            for value in values { size += try of(value, depth: depth + 1) }
            return size
        }
    }
}

extension FieldTable {
    /// Bytes that the table takes in a frame; nil if it cannot be sent at all.
    public var encodedSize: Int? { try? WireSize.of(self, depth: 0) }
}

extension FieldValue {
    /// Bytes that the value takes in a frame; nil if it cannot be sent at all.
    public var encodedSize: Int? { try? WireSize.of(self, depth: 0) }
}
