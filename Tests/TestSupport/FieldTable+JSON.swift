public import AMQP
import Foundation

extension FieldTable {
    /// The table as a JSON object, what JSON cannot say as text.
    public var json: [UInt8] {
        get throws { Array(try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) }
    }

    private var object: [String: Any] {
        Dictionary(map { ($0.key, Self.value($0.value)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func value(_ value: FieldValue) -> Any {
        switch value {
        case .bool(let flag): flag
        case .string(let text): text
        case .table(let table): table.object
        case .array(let values): values.map(Self.value)
        case .void: NSNull()
        default: value.int.map { $0 as Any } ?? "\(value)"
        }
    }
}
