import AMQP
import RawJSON

/// Writes JSON text. Reading is ``RawJSON``'s.
enum JSON {
    static func quote(_ text: String) -> String { String(decoding: RawJSON.quoted(text), as: UTF8.self) }

    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(quote($0)):\($1)" }.joined(separator: ",") + "}"
    }

    static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    static func optional(_ text: String?) -> String { text.map(quote) ?? "null" }
}
