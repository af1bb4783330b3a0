import Bridge
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

    /// Of somebody else's making, some of it.
    private func text(of key: String) -> String? { reply[key]?.string?.printable }

    func text(on terminal: Terminal) -> String {
        var parts = [terminal.paint(outcome.printable, verdict.colour)]
        parts += [text(of: "operationName"), subject].compactMap { $0 }
        parts += [explanation.map { "– \($0)" }, terminal.paint("(\(circumstances))", .grey)].compactMap {
            $0
        }
        return parts.joined(separator: " ")
    }

    private var subject: String? {
        let agent = text(of: "agent").map { "of \($0)" }
        let target =
            text(of: "callId").map { "call \($0)" }
            ?? text(of: "deviceId").map { "device \($0)" }
        let parts = [target, agent].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Why it is no success.
    var explanation: String? {
        let field = text(of: "field").map { "\($0): " } ?? ""
        let said = text(of: "detail") ?? text(of: "statusMessage")
        switch (text(of: "reason"), said) {
        case (let reason?, let said?): return "\(reason): \(field)\(said)"
        case (let reason?, nil): return reason
        case (nil, let said?): return said
        case (nil, nil): return nil
        }
    }

    var circumstances: String {
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
