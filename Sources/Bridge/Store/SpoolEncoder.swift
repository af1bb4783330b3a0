internal import AMQP

/// Writes messages down as the spool keeps them: a byte for the format, then the members in a fixed order. Texts go
/// behind their length, which is written to the base 128; numbers have their fixed size. The least byte is the first.
struct SpoolEncoder: Sendable {
    static let format: UInt8 = 1

    private(set) var bytes: [UInt8] = []

    static func encode(_ message: AMQPMessage) -> [UInt8] {
        var encoder = SpoolEncoder()
        encoder.bytes.reserveCapacity(message.body.count + 1024)
        encoder.bytes.append(format)
        encoder.bytes.append(message.isMandatory ? 1 : 0)
        encoder.put(message.exchange)
        encoder.put(message.routingKey)
        encoder.put(message.properties)
        encoder.put(message.body)
        return encoder.bytes
    }

    /// Which are there, one bit each, then those.
    private mutating func put(_ properties: Properties) {
        let texts = Self.texts.map { properties[keyPath: $0] }
        var present: UInt16 = 0
        for (bit, text) in texts.enumerated() where text != nil { present |= 1 << bit }
        if properties.deliveryMode != nil { present |= Self.deliveryMode }
        if properties.priority != nil { present |= Self.priority }
        if properties.timestamp != nil { present |= Self.timestamp }
        putFixed(present)
        for case let text? in texts { put(text) }
        if let mode = properties.deliveryMode { bytes.append(mode) }
        if let priority = properties.priority { bytes.append(priority) }
        if let timestamp = properties.timestamp { putFixed(timestamp) }
        put(properties.headers)
    }

    static let texts: [any WritableKeyPath<Properties, String?> & Sendable] = [
        \.contentType, \.contentEncoding, \.correlationID, \.replyTo, \.expiration, \.messageID, \.type,
        \.userID, \.appID, \.clusterID,
    ]
    static let deliveryMode: UInt16 = 1 << 10
    static let priority: UInt16 = 1 << 11
    static let timestamp: UInt16 = 1 << 12

    private mutating func put(_ table: FieldTable) {
        putCount(table.count)
        for (key, value) in table {
            put(key)
            put(value)
        }
    }

    /// What a field's value is, as a byte before it.
    enum Kind: UInt8, CaseIterable {
        case no, yes, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double, decimal,
            string,
            bytes, timestamp, table, array, void
    }

    private mutating func put(_ value: FieldValue) {
        switch value {
        case .bool(let value): put(value ? .yes : .no)
        case .int8(let value): put(.int8, value)
        case .uint8(let value): put(.uint8, value)
        case .int16(let value): put(.int16, value)
        case .uint16(let value): put(.uint16, value)
        case .int32(let value): put(.int32, value)
        case .uint32(let value): put(.uint32, value)
        case .int64(let value): put(.int64, value)
        case .uint64(let value): put(.uint64, value)
        case .float(let value): put(.float, value.bitPattern)
        case .double(let value): put(.double, value.bitPattern)
        case .decimal(let scale, let value):
            put(.decimal, scale)
            putFixed(value)
        case .string(let value):
            put(.string)
            put(value)
        case .bytes(let value):
            put(.bytes)
            put(value)
        case .timestamp(let value): put(.timestamp, value)
        case .table(let value):
            put(.table)
            put(value)
        case .array(let values):
            put(.array)
            putCount(values.count)
            for value in values { put(value) }
        case .void: put(Kind.void)
        }
    }

    private mutating func put(_ kind: Kind) { bytes.append(kind.rawValue) }

    private mutating func put(_ kind: Kind, _ number: some FixedWidthInteger) {
        put(kind)
        putFixed(number)
    }

    private mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { text in
            putCount(text.count)
            bytes.append(contentsOf: text)
        }
    }

    private mutating func put(_ data: [UInt8]) {
        putCount(data.count)
        bytes.append(contentsOf: data)
    }

    private mutating func putFixed(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func putCount(_ count: Int) {
        var rest = UInt(count)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
