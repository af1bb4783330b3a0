import GWS
import RawJSON

/// How a person gives a parameter: without quotes and braces, but for objects.
extension OperationParameter {
    /// Why a text is no value of the parameter; a sentence.
    struct Refusal: Error, Hashable { let reason: String }

    var question: String {
        let text =
            switch kind {
            case .string: idName == nil ? name : "\(name) (number or id of the call)"
            case .digits: "\(name) (0 to 9)"
            case .oneOf(let choices): "\(name) (\(choices.joined(separator: ", ")))"
            case .uri: idName == nil ? "\(name) (http://…)" : "\(name) (its number in the list, id or URI)"
            case .object: "\(name) (JSON, like \(example))"
            case .destination: "\(name) (telephone number)"
            case .strings: "\(name) (separated by commas)"
            }
        return isRequired ? text : text + ", Enter for none"
    }

    /// What a text stands for, as a member of the operation object; nil where an optional one is left out.
    ///
    /// - Parameter calls: The ids of the calls in the order in which they are numbered, from 1.
    func member(of text: String, calls: [String]) throws(Refusal) -> (name: String, json: String)? {
        let text = text.trimmed
        guard !text.isEmpty else {
            guard isRequired else { return nil }
            throw Refusal(reason: "\(name) is needed.")
        }
        if let idName, !text.contains("://") {
            // A number is one of the list, unless it is longer than any list.
            guard let number = Int(text), text.utf8.count <= 2 else { return (idName, JSON.quote(text)) }
            guard calls.indices.contains(number - 1) else {
                throw Refusal(reason: "There is no call \(number).")
            }
            return (idName, JSON.quote(calls[number - 1]))
        }
        let json = json(of: text)
        guard let value = try? RawJSON(Array(json.utf8)) else {
            throw Refusal(reason: "\(name) must be JSON, like \(example).")
        }
        if let mistake = mistake(in: value) { throw Refusal(reason: mistake.detail) }
        return (name, json)
    }

    private func json(of text: String) -> String {
        switch kind {
        case .string, .digits, .uri: return JSON.quote(text)
        case .oneOf(let choices):
            // Only one can be meant.
            return JSON.quote(choices.first { $0.lowercased() == text.lowercased() } ?? text)
        case .object: return text
        case .destination:
            return text.hasPrefix("{") ? text : JSON.object([("phoneNumber", JSON.quote(text))])
        case .strings:
            return text.hasPrefix("[")
                ? text : JSON.array(text.listed.map(JSON.quote))
        }
    }
}

extension String {
    /// Without the blanks around it.
    var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
