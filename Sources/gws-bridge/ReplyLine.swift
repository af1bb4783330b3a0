import RawJSON

/// A reply or an outcome, as one line for people.
struct ReplyLine: Sendable {
    enum Verdict: Sendable, Hashable {
        case done, refused, uncertain

        init(outcome: String) {
            switch outcome {
            case "accepted", "confirmed": self = .done
            case "refused", "rejected", "expired": self = .refused
            default: self = .uncertain
            }
        }

        var colour: Terminal.Colour {
            switch self {
            case .done: .green
            case .refused: .red
            case .uncertain: .yellow
            }
        }
    }

    let outcome: String
    let isFinal: Bool
    let reply: RawJSON

    /// `nil` for a body that is no reply.
    init?(body: [UInt8]) {
        guard let reply = try? RawJSON(body), let outcome = reply["outcome"]?.string else { return nil }
        self.reply = reply
        self.outcome = outcome
        isFinal = reply["final"]?.bool ?? true
    }

    var verdict: Verdict { Verdict(outcome: outcome) }

    func text(on terminal: Terminal) -> String {
        var parts = [terminal.paint(outcome, verdict.colour)]
        parts += [reply["operationName"]?.string, subject].compactMap { $0 }
        parts += [explanation.map { "– \($0)" }, terminal.paint("(\(circumstances))", .grey)].compactMap {
            $0
        }
        return parts.joined(separator: " ")
    }

    private var subject: String? {
        let agent = reply["agent"]?.string.map { "of \($0)" }
        let target =
            reply["callId"]?.string.map { "call \($0)" } ?? reply["deviceId"]?.string.map { "device \($0)" }
        let parts = [target, agent].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private var explanation: String? {
        let field = reply["field"]?.string.map { "\($0): " } ?? ""
        let said = reply["detail"]?.string ?? reply["statusMessage"]?.string
        switch (reply["reason"]?.string, said) {
        case (let reason?, let said?): return "\(reason): \(field)\(said)"
        case (let reason?, nil): return reason
        case (nil, let said?): return said
        case (nil, nil): return nil
        }
    }

    private var circumstances: String {
        let milliseconds = reply["finishedAfterMs"]?.int ?? reply["acceptedAfterMs"]?.int
        let attempts = reply["attempts"]?.int.flatMap { $0 == 1 ? nil : "\($0) attempts" }
        return [
            reply["httpStatus"]?.int.map { "HTTP \($0)" },
            reply["statusCode"]?.int.map { "statusCode \($0)" },
            attempts, milliseconds.map { "\($0) ms" }, isFinal ? nil : "not final",
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}
