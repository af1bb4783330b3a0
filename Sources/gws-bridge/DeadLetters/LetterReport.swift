import Bridge

/// What came of each letter that was asked for, and the count in the end. Pure: what to print, and the code to exit with.
struct LetterReport: Sendable {
    enum Result: Sendable, Hashable {
        /// - Parameter messageID: of the command that it became, where it did.
        case done(messageID: String?)
        /// It stays, for it should.
        case left(reason: String)
        /// It stays, for the broker did not take the command.
        case untaken(reason: String)
    }

    enum Verb: Sendable {
        case replay, drop

        var done: String { self == .replay ? "replayed" : "dropped" }
        var infinitive: String { self == .replay ? "replay" : "drop" }
    }

    let verb: Verb
    let isDry: Bool
    let isJSON: Bool
    private var done = 0
    private var left = 0
    private var untaken = 0
    private var absent = 0

    init(_ verb: Verb, isDry: Bool, isJSON: Bool) {
        self.verb = verb
        self.isDry = isDry
        self.isJSON = isJSON
    }

    /// Counts it, and gives the line that says so.
    mutating func line(_ letter: Letter, _ result: Result) -> String {
        let subject = letter.subject.printable
        switch result {
        case .done(let messageID):
            done += 1
            guard !isJSON else { return json(letter.id, isDone: !isDry, messageID, nil) }
            let verb = isDry ? "would \(verb.infinitive)" : verb.done
            return
                "\(verb) \(letter.id.printable)\(messageID.map { " as \($0.printable)" } ?? ""): \(subject)"
        case .left(let reason), .untaken(let reason):
            if case .left = result { left += 1 } else { untaken += 1 }
            guard !isJSON else { return json(letter.id, isDone: false, nil, reason) }
            return
                "\(isDry ? "would leave" : "left") \(letter.id.printable): \(subject) – \(reason.printable)"
        }
    }

    mutating func absentLine(_ id: String) -> String {
        absent += 1
        return isJSON ? json(id, isDone: false, nil, "is not there") : "not there: \(id.printable)"
    }

    var summary: String {
        var parts = [isDry ? "would \(verb.infinitive) \(done)" : "\(verb.done) \(done)"]
        let stays = left + untaken
        if stays > 0 { parts.append(isDry ? "would leave \(stays)" : "left \(stays)") }
        if absent > 0 { parts.append("not there \(absent)") }
        return parts.joined(separator: ", ")
    }

    /// Nil if all was done that was asked for.
    var failure: CommandFailure.Code? {
        if untaken > 0 { return .unavailable }
        return left + absent > 0 ? .refused : nil
    }

    private func json(_ id: String, isDone: Bool, _ messageID: String?, _ detail: String?) -> String {
        JSON.object([
            ("id", JSON.quote(id)), ("done", "\(isDone)"), ("messageId", JSON.optional(messageID)),
            ("detail", JSON.optional(detail)),
        ])
    }
}
