/// What a control request says. What it should not say is an error with a sentence: a typo is no command.
struct Control: Sendable {
    enum Mistake: Error, CustomStringConvertible {
        case missing(String)
        /// With what it should be.
        case wrong(String, String)

        var description: String {
            switch self {
            case .missing(let name): "'\(name)' is missing"
            case .wrong(let name, let wanted): "'\(name)' is not \(wanted)"
            }
        }
    }

    let body: JSON
    let query: [String: String]

    func after() throws -> Int {
        guard let text = query["after"] else { return 0 }
        guard let after = Int(text) else { throw Mistake.wrong("after", "a whole number") }
        return after
    }

    /// How long may be waited, at most a minute.
    func wait() throws -> Duration? {
        guard let text = query["wait"] else { return nil }
        guard let seconds = Double(text), seconds >= 0 else {
            throw Mistake.wrong("wait", "a time in seconds")
        }
        return .seconds(min(seconds, 60))
    }
}

// MARK: - Members of the body; null is as good as absent, unless said otherwise.

extension Control {
    private func member(_ name: String) -> JSON? { body[name].flatMap { $0 == .null ? nil : $0 } }

    func text(_ name: String) throws -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string else { throw Mistake.wrong(name, "a string") }
        return text
    }

    /// Not empty.
    func needed(_ name: String) throws -> String {
        guard let text = try text(name) else { throw Mistake.missing(name) }
        guard !text.isEmpty else { throw Mistake.wrong(name, "a string that is not empty") }
        return text
    }

    func needed(_ name: String, of choices: [String]) throws -> String {
        guard let text = try text(name, of: choices) else { throw Mistake.missing(name) }
        return text
    }

    func text(_ name: String, of choices: [String]) throws -> String? {
        guard let text = try text(name) else { return nil }
        guard choices.contains(text) else {
            throw Mistake.wrong(name, "one of " + choices.joined(separator: ", "))
        }
        return text
    }

    /// None of them empty.
    func texts(_ name: String) throws -> [String]? {
        guard let value = member(name) else { return nil }
        let texts = value.elements.compactMap(\.string).filter { !$0.isEmpty }
        guard case .array(let elements) = value, elements.count == texts.count else {
            throw Mistake.wrong(name, "an array of strings")
        }
        return texts
    }

    func flag(_ name: String, else standard: Bool) throws -> Bool {
        guard let value = member(name) else { return standard }
        guard let flag = value.bool else { throw Mistake.wrong(name, "true or false") }
        return flag
    }

    func object(_ name: String) throws -> JSON? {
        guard let value = member(name) else { return nil }
        guard value.isObject else { throw Mistake.wrong(name, "an object") }
        return value
    }

    func neededObject(_ name: String) throws -> JSON {
        guard let object = try object(name) else { throw Mistake.missing(name) }
        return object
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = member(name) else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw Mistake.wrong(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = member(name) else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw Mistake.wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

// MARK: - What of the journal was asked for

extension Control {
    func filter(_ requests: [JournaledRequest]) -> [JournaledRequest] {
        requests.filter { request in
            (query["agent"].map { $0 == request.agent } ?? true)
                && (query["method"].map { $0 == request.method } ?? true)
                && (query["path"].map { request.path.contains($0) } ?? true)
        }
    }

    func filter(_ notifications: [EmittedNotification]) -> [EmittedNotification] {
        notifications.filter(isAskedFor)
    }

    @Sendable func isAskedFor(_ notification: EmittedNotification) -> Bool {
        (query["agent"].map { $0 == notification.agent } ?? true)
            && (query["call"].map { $0 == notification.callID } ?? true)
            && (query["type"].map { $0 == notification.type } ?? true)
    }
}
