/// A value in a table of headers or arguments: every type of field that AMQP 0-9-1 brokers know.
public enum FieldValue: Sendable, Hashable {
    case bool(Bool)
    case int8(Int8)
    case uint8(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    /// Goes out as `int64`, as RabbitMQ refuses the wire's unsigned 64-bit type; above `Int64.max` it is refused.
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case decimal(scale: UInt8, value: UInt32)
    /// From the wire only where the bytes are UTF-8; others come as `bytes`, so that nothing is lost.
    case string(String)
    case bytes([UInt8])
    /// Seconds since 1970.
    case timestamp(UInt64)
    case table(FieldTable)
    case array([FieldValue])
    case void
}

extension FieldValue {
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, whatever integer type it was sent as; nil where it does not fit.
    public var int: Int64? {
        switch self {
        case .int8(let value): Int64(value)
        case .uint8(let value): Int64(value)
        case .int16(let value): Int64(value)
        case .uint16(let value): Int64(value)
        case .int32(let value): Int64(value)
        case .uint32(let value): Int64(value)
        case .int64(let value): value
        case .uint64(let value), .timestamp(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var table: FieldTable? {
        if case .table(let value) = self { value } else { nil }
    }

    public var array: [FieldValue]? {
        if case .array(let value) = self { value } else { nil }
    }
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }

    public init(integerLiteral value: Int64) { self = .int64(value) }

    public init(booleanLiteral value: Bool) { self = .bool(value) }

    public init(floatLiteral value: Double) { self = .double(value) }

    public init(arrayLiteral elements: FieldValue...) { self = .array(elements) }

    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        self = .table(FieldTable(elements))
    }
}
