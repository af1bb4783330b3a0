internal import RawJSON

/// JSON for people to read: members in the order in which they are given, and on one line what fits there.
///
/// For documents. Messages are written by ``JSONText``.
package indirect enum JSONDocument: Sendable {
    case object([(name: String, value: JSONDocument)])
    case array([JSONDocument])
    case string(String)
    case integer(Int)
    case boolean(Bool)
    case null
    /// Valid JSON that stands as it came.
    case text(String)

    /// The member of an object.
    package subscript(name: String) -> JSONDocument? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// An object with the members of both; of any other value there is nothing to add to.
    static func + (one: JSONDocument, other: JSONDocument) -> JSONDocument {
        guard case .object(let members) = one, case .object(let more) = other else { return one }
        return .object(members + more)
    }

    static func strings(_ texts: some Sequence<String>) -> JSONDocument {
        .array(texts.map(JSONDocument.string))
    }
}

extension JSONDocument {
    private static let width = 100

    /// The whole document, with a line break at its end.
    package var pretty: String {
        var text = ""
        write(to: &text, indentation: 0, taken: 0)
        return text + "\n"
    }

    /// On one line, if it has no more than so many bytes: what goes on is not looked at.
    private func line(within room: Int) -> String? {
        let line: String?
        switch self {
        case .object(let members) where members.isEmpty: line = "{}"
        case .object(let members):
            line = Self.line(
                ("{ ", " }"), members.map { (Self.quoted($0.name) + ": ", $0.value) }, within: room)
        case .array(let elements): line = Self.line(("[", "]"), elements.map { ("", $0) }, within: room)
        case .string(let text): line = Self.quoted(text)
        case .integer(let number): line = "\(number)"
        case .boolean(let flag): line = "\(flag)"
        case .null: line = "null"
        case .text(let json): line = json
        }
        return line.flatMap { $0.utf8.count <= room ? $0 : nil }
    }

    private static func line(
        _ brackets: (String, String), _ items: [(head: String, value: JSONDocument)], within room: Int
    ) -> String? {
        var line = brackets.0
        for (index, item) in items.enumerated() {
            line += (index == 0 ? "" : ", ") + item.head
            guard let value = item.value.line(within: room - line.utf8.count) else { return nil }
            line += value
        }
        return line + brackets.1
    }

    /// - Parameter taken: How much of the line is taken by what stands before.
    private func write(to text: inout String, indentation: Int, taken: Int) {
        if let line = line(within: Self.width - taken) {
            text += line
            return
        }
        let items: [(head: String, value: JSONDocument)]
        let brackets: (String, String)
        switch self {
        case .object(let members):
            items = members.map { (Self.quoted($0.name) + ": ", $0.value) }
            brackets = ("{", "}")
        case .array(let elements):
            items = elements.map { ("", $0) }
            brackets = ("[", "]")
        default:
            // However long it is, it cannot be broken.
            text += line(within: .max) ?? ""
            return
        }
        let indent = String(repeating: " ", count: indentation + 2)
        text += brackets.0
        for (index, item) in items.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + indent + item.head
            item.value.write(
                to: &text, indentation: indentation + 2, taken: indent.utf8.count + item.head.utf8.count)
        }
        text += "\n" + indent.dropLast(2) + brackets.1
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: RawJSON.quoted(text), as: UTF8.self)
    }
}

extension JSONDocument: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(dictionaryLiteral members: (String, JSONDocument)...) {
        self = .object(members.map { (name: $0.0, value: $0.1) })
    }

    package init(arrayLiteral elements: JSONDocument...) { self = .array(elements) }
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .integer(number) }
    package init(booleanLiteral flag: Bool) { self = .boolean(flag) }
}
