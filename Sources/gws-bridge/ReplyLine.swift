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

    /// Why it is no success, and what was seen of the call.
    var explanation: String? {
        let field = text(of: "field").map { "\($0): " } ?? ""
        let said = (text(of: "detail") ?? text(of: "statusMessage")).map { field + $0 }
        let why = [text(of: "reason"), said].compactMap { $0 }.joined(separator: ": ")
        let parts = [why.isEmpty ? nil : why, lastSeen.map { "last seen \($0)" }].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private var lastSeen: String? {
        let seen = reply["lastSeen"]
        let states = [
            seen?["state"]?.string, seen?["recordingState"]?.string.map { "recording \($0)" },
        ]
        let text = states.compactMap { $0?.printable }.joined(separator: ", ")
        return text.isEmpty ? nil : text
    }

    /// By what it was confirmed.
    private var confirmation: String? {
        guard let confirmation = reply["confirmedBy"] else { return nil }
        let texts = ["notificationType", "messageId"].compactMap { confirmation[$0]?.string?.printable }
        let evidence = texts.isEmpty ? confirmation["by"]?.string?.printable : texts.joined(separator: " ")
        return evidence.map { "by \($0)" }
    }

    var circumstances: String {
        let milliseconds = reply["finishedAfterMs"]?.int ?? reply["acceptedAfterMs"]?.int
        let attempts = reply["attempts"]?.int.flatMap { $0 == 1 ? nil : "\($0) attempts" }
        return [
            reply["already"]?.bool == true ? "stood so already" : nil, confirmation,
            reply["httpStatus"]?.int.map { "HTTP \($0)" },
            reply["statusCode"]?.int.map { "statusCode \($0)" },
            attempts, milliseconds.map { "\($0) ms" }, isFinal ? nil : "not final",
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}
