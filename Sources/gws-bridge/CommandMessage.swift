import GWS
import RawJSON

/// The body of a command as `send` makes it of its arguments. Pure: text in, bytes or a usage error out.
struct CommandMessage: Sendable, Hashable {
    var operation: String
    var agent: String?
    var call: String?
    var device: String?
    /// `NAME=VALUE`; the operation's row of the catalogue says what a value is.
    var parameters: [String] = []
    /// A JSON object whose members are taken over as they stand.
    var json: String?

    func body() throws(CommandFailure) -> [UInt8] {
        var members = try address()
        for member in try given() {
            if let position = members.firstIndex(where: { $0.0 == member.0 }) {
                guard members[position].1 == member.1 else {
                    throw CommandFailure(.usage, "\(member.0) is in --json and in the arguments, and differs")
                }
            } else {
                members.append(member)
            }
        }
        for parameter in parameters {
            let member = try member(parameter)
            guard !members.contains(where: { $0.0 == member.0 }) else {
                throw CommandFailure(.usage, "\(member.0) is given twice")
            }
            members.append(member)
        }
        return Array(JSON.object(members).utf8)
    }

    private func address() throws(CommandFailure) -> [(String, String)] {
        guard call == nil || device == nil else {
            throw CommandFailure(.usage, "--call and --device exclude each other")
        }
        let address = [
            ("agent", agent), ("callId", call), ("deviceId", device), ("operationName", operation),
        ]
        return address.compactMap { name, value in value.map { (name, JSON.quote($0)) } }
    }

    private func given() throws(CommandFailure) -> [(String, String)] {
        guard let json else { return [] }
        do {
            let value = try RawJSON(Array(json.utf8))
            guard value.kind == .object else { throw CommandFailure(.usage, "--json must be a JSON object") }
            return value.members.map { ($0.key, $0.value.description) }
        } catch let error as RawJSONError {
            throw CommandFailure(.usage, "--json is no valid JSON: \(error)")
        } catch {
            throw error as? CommandFailure ?? CommandFailure(.usage, "--json: \(error)")
        }
    }

    private func member(_ parameter: String) throws(CommandFailure) -> (String, String) {
        guard let equals = parameter.firstIndex(of: "="), equals != parameter.startIndex else {
            throw CommandFailure(.usage, "\"\(parameter)\" is no parameter; write NAME=VALUE")
        }
        let text = String(parameter[parameter.index(after: equals)...])
        let name = String(parameter[..<equals])
        return (name, value(text, of: kind(of: name)))
    }

    /// Nil where the catalogue does not know.
    private func kind(of name: String) -> OperationParameter.Kind? {
        guard let parameters = OperationCatalogue.named(operation)?.parameters else { return nil }
        if parameters.contains(where: { $0.idName == name }) { return .string }
        return parameters.first { $0.name == name }?.kind
    }

    /// The number 5002 is text where GWS wants text. Who would rather have it otherwise has `--json`.
    private func value(_ text: String, of kind: OperationParameter.Kind?) -> String {
        let json = Self.json(text)
        switch kind {
        case .string, .digits, .oneOf, .uri: return JSON.quote(text)
        case .destination where json?.kind != .object:
            return JSON.object([("phoneNumber", JSON.quote(text))])
        case .strings where json?.kind != .array:
            return JSON.array(text.listed.map(JSON.quote))
        case .destination, .strings, .object, nil: return json?.description ?? JSON.quote(text)
        }
    }

    /// What is an object, an array, a number or a boolean; all else is a string, with quotes if it has any.
    private static func json(_ text: String) -> RawJSON? {
        // Not JSON is no error here, but what makes it a string.
        guard let value = try? RawJSON(Array(text.utf8)), value.kind != .string, value.kind != .null else {
            return nil
        }
        return value
    }
}
