import Foundation
import GWS

extension CallScreen {
    /// What is to be done, if anything.
    mutating func press(_ key: Key) -> Action? {
        hint = nil
        switch (key, mode) {
        case (.interrupt, _): return .leave
        case (.suspend, _): return .suspend
        case (_, .calls): return pressInCalls(key)
        case (_, .agents(let typed, let chosen)): return pressInAgents(key, typed, chosen)
        case (.escape, _):
            mode = .calls
            return nil
        case (_, .form(let form, let typed)): return press(key, in: form, typed)
        case (_, .line(let typed, _)): return press(key, inLine: typed)
        }
    }

    // MARK: - Calls

    private mutating func pressInCalls(_ key: Key) -> Action? {
        switch key {
        case .up: move(by: -1)
        case .down: move(by: 1)
        case .backspace: forget()
        case .text("q"): return .leave
        case .text("@"): mode = .agents(typed: "", chosen: 0)
        case .text(":"): mode = .line(typed: "", problem: nil)
        case .text(let character):
            if let number = character.wholeNumberValue, character.isASCII {
                if calls.indices.contains(number - 1) { selected = calls[number - 1].id }
            } else {
                return operate(character)
            }
        default: break
        }
        return nil
    }

    private mutating func move(by step: Int) {
        guard let position = calls.firstIndex(where: { $0.id == selected }) else {
            selected = step > 0 ? calls.first?.id : calls.last?.id
            return
        }
        selected = calls[min(max(0, position + step), calls.count - 1)].id
    }

    /// A call of which nobody knows any more whether it is there.
    private mutating func forget() {
        guard let agent, let call, !call.isSure else { return }
        agents[agent]?.calls.removeAll { $0.id == call.id }
        selected = nil
        selectAny()
    }

    private mutating func operate(_ letter: Character) -> Action? {
        guard let call, call.releasedAt == nil else {
            hint =
                call == nil && !calls.isEmpty
                ? "No call is selected: choose one by its number or an arrow."
                : "There is no call to do anything with."
            return nil
        }
        guard let operation = call.capabilities.first(where: { letters[$0] == letter }) else {
            hint = "The call offers nothing for \"\(letter)\"."
            return nil
        }
        // A key held down is pressed many times, and meant once.
        guard !notes.contains(where: { $0.isUnderWay(operation, call: call.id) }) else {
            hint = "\(operation) is under way."
            return nil
        }
        return advance(OperationForm(operation, call: call.id))
    }

    /// Sends it, or asks for the next parameter.
    private mutating func advance(_ form: OperationForm) -> Action? {
        guard let agent, form.isComplete else {
            mode = .form(form, typed: "")
            return nil
        }
        mode = .calls
        guard connection == .connected else {
            hint = "Not connected to the broker: \(form.operation) was not sent."
            return nil
        }
        return .send(form.command(of: agent))
    }

    // MARK: - Typing

    private mutating func press(_ key: Key, in form: OperationForm, _ typed: String) -> Action? {
        guard key == .enter else {
            mode = .form(form, typed: Self.edited(typed, key))
            return nil
        }
        var form = form
        form.answer(typed, calls: calls.map(\.id))
        guard form.problem == nil else {
            mode = .form(form, typed: typed)
            return nil
        }
        return advance(form)
    }

    private mutating func press(_ key: Key, inLine typed: String) -> Action? {
        switch key {
        case .enter where typed.trimmed.isEmpty: mode = .calls
        case .enter:
            let call = call.flatMap { $0.releasedAt == nil ? $0.id : nil }
            do {
                return advance(try OperationForm(line: typed, call: call, calls: calls.map(\.id)))
            } catch {
                mode = .line(typed: typed, problem: error.reason)
            }
        case .tab: mode = .line(typed: Self.completed(typed), problem: nil)
        // Nothing left to erase: it was not meant.
        case .backspace where typed.isEmpty: mode = .calls
        default: mode = .line(typed: Self.edited(typed, key), problem: nil)
        }
        return nil
    }

    private static let longestLine = 4_000

    private static func edited(_ typed: String, _ key: Key) -> String {
        switch key {
        case .text(let character) where typed.utf8.count < longestLine,
            .pasted(let character) where typed.utf8.count < longestLine:
            typed + String(character)
        case .backspace: String(typed.dropLast())
        case .eraseLine: ""
        default: typed
        }
    }

    /// The operations of the catalogue that a typed beginning may mean.
    static func suggestions(for typed: String) -> [String] {
        guard !typed.contains(" ") else { return [] }
        return OperationCatalogue.all.map(\.name).filter { $0.lowercased().hasPrefix(typed.lowercased()) }
    }

    /// As far as all that it may mean agree.
    private static func completed(_ typed: String) -> String {
        let names = suggestions(for: typed)
        guard let first = names.first else { return typed }
        if names.count == 1 { return first + " " }
        return names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    }

    // MARK: - Agents

    private mutating func pressInAgents(_ key: Key, _ typed: String, _ chosen: Int) -> Action? {
        let names = agentNames(matching: typed)
        switch key {
        case .text("q") where typed.isEmpty: return .leave
        case .escape where agent != nil: mode = .calls
        case .up: mode = .agents(typed: typed, chosen: max(0, chosen - 1))
        case .down: mode = .agents(typed: typed, chosen: min(max(0, names.count - 1), chosen + 1))
        case .enter:
            // What was typed in full is meant, even where it is also the beginning of others.
            if let name = names.first(where: { $0 == typed.trimmed }) {
                choose(name)
            } else if names.indices.contains(chosen) {
                choose(names[chosen])
            }
        default: mode = .agents(typed: Self.edited(typed, key), chosen: 0)
        }
        return nil
    }

    /// Those heard of, and last what was typed: it may be one that nothing was heard of yet.
    func agentNames(matching typed: String) -> [String] {
        let name = typed.trimmed
        let names = agents.keys.filter { $0.lowercased().hasPrefix(name.lowercased()) }.sorted()
        return name.isEmpty || agents[name] != nil ? names : names + [name]
    }
}
