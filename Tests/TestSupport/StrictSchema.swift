import Foundation

/// The bridge's schemas as they would be if there was nothing but what this version sends: members that nobody knows are
/// wrong. The schemas themselves must not say so, for clients are generated from them.
public enum StrictSchema {
    private static let closed: Set<String> = [
        "Outcome", "What confirmed a command", "The call as it was seen last", "Started", "Gap", "Resynced",
        "Ended",
    ]

    /// - Parameter text: A schema, or a document that holds some.
    public static func of(_ text: [UInt8]) throws -> [UInt8] {
        let document = try JSONSerialization.jsonObject(with: Data(text))
        return Array(try JSONSerialization.data(withJSONObject: strict(document)))
    }

    private static func strict(_ value: Any) -> Any {
        if let values = value as? [Any] { return values.map(strict) }
        guard var object = value as? [String: Any] else { return value }
        object = object.mapValues(strict)
        if let title = object["title"] as? String, closed.contains(title) {
            object["additionalProperties"] = false
        }
        return object
    }
}
