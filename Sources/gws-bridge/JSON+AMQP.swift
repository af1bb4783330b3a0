import AMQP
import Foundation

extension JSON {
    static func table(_ table: FieldTable) -> String { object(table.map { ($0.key, value($0.value)) }) }

    /// Only those that are there, named as in the contract but in one word: `messageId`.
    static func properties(_ properties: Properties) -> String {
        let texts: [(String, String?)] = [
            ("contentType", properties.contentType), ("contentEncoding", properties.contentEncoding),
            ("correlationId", properties.correlationID), ("replyTo", properties.replyTo),
            ("expiration", properties.expiration), ("messageId", properties.messageID),
            ("type", properties.type),
            ("userId", properties.userID), ("appId", properties.appID), ("clusterId", properties.clusterID),
        ]
        let numbers: [(String, UInt64?)] = [
            ("deliveryMode", properties.deliveryMode.map(UInt64.init)),
            ("priority", properties.priority.map(UInt64.init)),
            ("timestamp", properties.timestamp),
        ]
        return object(
            texts.compactMap { name, text in text.map { (name, quote($0)) } }
                + numbers.compactMap { name, number in number.map { (name, "\($0)") } })
    }

    private static func value(_ value: FieldValue) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64: "\(value.int ?? 0)"
        case .uint64(let value), .timestamp(let value): "\(value)"
        case .float(let value): number(Double(value))
        case .double(let value): number(value)
        case .decimal(let scale, let value): quote("\(value)e-\(scale)")
        case .string(let text): quote(text)
        case .bytes(let bytes): quote(Data(bytes).base64EncodedString())
        case .table(let fields): table(fields)
        case .array(let values): array(values.map(Self.value))
        case .void: "null"
        }
    }

    /// JSON has no infinity.
    private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : quote("\(value)") }
}
