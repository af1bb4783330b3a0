internal import AMQP

/// Reads what ``SpoolEncoder`` wrote, whatever has become of it meanwhile.
struct SpoolDecoder: Sendable {
    /// Nobody nests so deep.
    static let deepest = 64

    private let bytes: [UInt8]
    private var offset = 0

    static func decode(_ bytes: [UInt8]) throws(SpoolDecodingError) -> AMQPMessage {
        var decoder = SpoolDecoder(bytes)
        let message = try decoder.message()
        guard decoder.offset == bytes.count else { throw .trailingBytes }
        return message
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func message() throws(SpoolDecodingError) -> AMQPMessage {
        let format = try byte()
        guard format == SpoolEncoder.format else { throw .unknownFormat(format) }
        let isMandatory = try byte() != 0
        return AMQPMessage(
            exchange: try text(), routingKey: try text(), isMandatory: isMandatory,
            properties: try properties(), body: try data())
    }

    private mutating func properties() throws(SpoolDecodingError) -> Properties {
        var properties = Properties()
        let present = try number(UInt16.self)
        for (bit, path) in SpoolEncoder.texts.enumerated() where present & 1 << bit != 0 {
            properties[keyPath: path] = try text()
        }
        if present & SpoolEncoder.deliveryMode != 0 { properties.deliveryMode = try byte() }
        if present & SpoolEncoder.priority != 0 { properties.priority = try byte() }
        if present & SpoolEncoder.timestamp != 0 { properties.timestamp = try number() }
        properties.headers = try table(depth: 0)
        return properties
    }

    private mutating func table(depth: Int) throws(SpoolDecodingError) -> FieldTable {
        var table = FieldTable()
        for _ in 0..<(try elementCount()) { table.append(try text(), try value(depth: depth + 1)) }
        return table
    }

    private mutating func value(depth: Int) throws(SpoolDecodingError) -> FieldValue {
        guard depth <= Self.deepest else { throw .nestedTooDeep }
        let type = try byte()
        guard let kind = SpoolEncoder.Kind(rawValue: type) else { throw .unknownType(type) }
        return switch kind {
        case .no: .bool(false)
        case .yes: .bool(true)
        case .int8: .int8(try number())
        case .uint8: .uint8(try number())
        case .int16: .int16(try number())
        case .uint16: .uint16(try number())
        case .int32: .int32(try number())
        case .uint32: .uint32(try number())
        case .int64: .int64(try number())
        case .uint64: .uint64(try number())
        case .float: .float(Float(bitPattern: try number()))
        case .double: .double(Double(bitPattern: try number()))
        case .decimal: .decimal(scale: try byte(), value: try number())
        case .string: .string(try text())
        case .bytes: .bytes(try data())
        case .timestamp: .timestamp(try number())
        case .table: .table(try table(depth: depth))
        case .array: .array(try array(depth: depth))
        case .void: .void
        }
    }

    private mutating func array(depth: Int) throws(SpoolDecodingError) -> [FieldValue] {
        var values: [FieldValue] = []
        for _ in 0..<(try elementCount()) { values.append(try value(depth: depth + 1)) }
        return values
    }

    // MARK: - Bytes

    private mutating func take(_ count: Int) throws(SpoolDecodingError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else { throw .endsTooEarly }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    private mutating func byte() throws(SpoolDecodingError) -> UInt8 { try number() }

    private mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self)
        throws(SpoolDecodingError) -> Number
    {
        var number: Number = 0
        for byte in try take(MemoryLayout<Number>.size).reversed() {
            number =
                MemoryLayout<Number>.size == 1 ? Number(truncatingIfNeeded: byte) : number << 8 | Number(byte)
        }
        return number
    }

    private mutating func text() throws(SpoolDecodingError) -> String {
        let bytes = try take(count())
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    private mutating func data() throws(SpoolDecodingError) -> [UInt8] { Array(try take(count())) }

    /// No element is without a byte: a count that is damaged allocates nothing.
    private mutating func elementCount() throws(SpoolDecodingError) -> Int {
        let count = try count()
        guard count <= bytes.count - offset else { throw .endsTooEarly }
        return count
    }

    private mutating func count() throws(SpoolDecodingError) -> Int {
        var (count, shift) = (0, 0)
        while true {
            let byte = try byte()
            guard shift < 56 else { throw .numberTooLarge }
            count |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return count }
            shift += 7
        }
    }
}
