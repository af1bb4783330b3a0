import GWS
import RawJSON

/// An operation whose parameters are being asked for, one after another.
struct OperationForm: Sendable, Hashable {
    let operation: String
    /// What it is done to, for commands.
    let call: String?
    private(set) var questions: ArraySlice<OperationParameter>
    private var members: [Member] = []
    /// Why the last answer was none.
    private(set) var problem: String?
    /// What it does, where a person has to say first that this is meant.
    private(set) var warning: String?

    private struct Member: Sendable, Hashable {
        let name: String
        let json: String
    }

    /// A chosen operation: everything that its row of the catalogue names is asked for.
    init(_ operation: String, call: String?) {
        self.operation = operation
        self.call = call
        let row = OperationCatalogue.named(operation)
        questions = row?.parameters[...] ?? []
        warning = row?.warning
    }

    /// A typed operation, `Operation NAME=VALUE …`: what is needed and not given is asked for.
    ///
    /// - Parameters:
    ///   - call: The selected call; taken by the operations of calls, and by those that nobody knows.
    ///   - calls: The ids of the calls in the order in which they are numbered.
    init(line: String, call: String?, calls: [String]) throws(OperationParameter.Refusal) {
        let words = Self.words(of: line)
        guard let name = words.first else { throw OperationParameter.Refusal(reason: "Which operation?") }
        let row =
            OperationCatalogue.named(name)
            ?? OperationCatalogue.all.first { $0.name.lowercased() == name.lowercased() }
        operation = row?.name ?? name
        var rest = row?.parameters ?? []
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                throw OperationParameter.Refusal(reason: "\"\(word)\" is no parameter; write NAME=VALUE.")
            }
            let key = String(word[..<equals])
            guard key != "agent", key != "operationName" else {
                throw OperationParameter.Refusal(
                    reason: key == "agent"
                        ? "It goes to the agent that is shown; @ chooses another."
                        : "operationName stands in front.")
            }
            let value = Value(String(word[word.index(after: equals)...]))
            guard !members.contains(where: { $0.name == key }) else {
                throw OperationParameter.Refusal(reason: "\(key) is given twice.")
            }
            guard let position = rest.firstIndex(where: { $0.name == key }) else {
                rest.removeAll { $0.idName == key }
                members.append(Member(name: key, json: value.json))
                continue
            }
            if let member = try rest.remove(at: position).member(of: value.text, calls: calls) {
                members.append(Member(name: member.name, json: member.json))
            }
        }
        questions = rest.filter(\.isRequired)[...]
        warning = row?.warning
        let isOfCall = row.map { $0.target == .call } ?? true
        let isAddressed = members.contains { $0.name == "callId" || $0.name == "deviceId" }
        self.call = isOfCall && !isAddressed ? call : nil
        guard row?.target != .call || isAddressed || call != nil else {
            throw OperationParameter.Refusal(reason: "\(operation) needs a call; none is selected.")
        }
    }

    /// Whether there is nothing more to ask.
    var isComplete: Bool { questions.isEmpty && warning == nil }

    /// What is asked next.
    var question: String { questions.first?.question ?? warning.map { "\($0) Enter sends it" } ?? "" }

    /// Takes the answer to the first question, if it is one.
    mutating func answer(_ text: String, calls: [String]) {
        guard let question = questions.first else {
            let isMeant = text.trimmed.isEmpty
            if isMeant { warning = nil }
            problem = isMeant ? nil : "Enter alone sends it, Esc cancels."
            return
        }
        do {
            if let member = try question.member(of: text, calls: calls) {
                members.append(Member(name: member.name, json: member.json))
            }
            questions.removeFirst()
            problem = nil
        } catch {
            problem = error.reason
        }
    }

    func command(of agent: String) -> CommandMessage {
        CommandMessage(
            operation: operation, agent: agent, call: call,
            json: members.isEmpty ? nil : JSON.object(members.map { ($0.name, $0.json) }))
    }

    /// Separated by blanks, but for those within quotes and braces.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "{", "[": depth += isQuoted ? 0 : 1
            case "}", "]": depth -= isQuoted ? 0 : 1
            default: break
            }
            if character == " ", depth <= 0, !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// What was typed behind the equals sign; quotes go, as in a shell.
    private struct Value {
        let text: String
        let json: String

        init(_ typed: String) {
            // What is no JSON is text.
            let value = try? RawJSON(Array(typed.utf8))
            text = value?.string ?? typed
            let isText = value.map { $0.kind == .string || $0.kind == .null } ?? true
            json = isText ? JSON.quote(text) : typed
        }
    }
}

extension OperationDefinition {
    fileprivate var warning: String? { isSweeping ? summary : nil }
}
