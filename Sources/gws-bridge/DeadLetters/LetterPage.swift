import AMQP
import Bridge
import RawJSON

/// Everything about one dead letter.
struct LetterPage: Sendable {
    let letter: Letter
    let message: AMQPMessage

    // MARK: - For programs

    var json: String { JSON.object(letter.members + TailLine(message).members) }

    // MARK: - For people

    func lines(on terminal: Terminal) -> [String] {
        let why = [letter.outcome, letter.reason].compactMap(\.self).joined(separator: " ")
        var lines = [
            [terminal.paint(letter.id.printable, .bold), letter.subject.printable].joined(separator: "  "),
            terminal.paint(why.printable, .red) + (letter.detail.map { " – \($0.printable)" } ?? ""),
        ]
        lines += circumstances.map { "\(terminal.paint($0.0, .grey)) \($0.1.printable)" }
        lines.append(terminal.paint("properties", .cyan))
        lines += indented(JSON.properties(message.properties))
        lines.append(terminal.paint("headers", .cyan))
        lines += indented(JSON.table(message.properties.headers))
        lines.append(terminal.paint("body", .cyan))
        return lines + bodyLines
    }

    private var circumstances: [(String, String)] {
        [
            ("failed", letter.failedAt.map { Timestamp($0).text }),
            ("attempts", letter.attempts.map { "\($0)" }),
            ("replays", letter.replayCount == 0 ? nil : "\(letter.replayCount)"),
            ("from", letter.exchange.map { "exchange \"\($0)\" with key \"\(letter.routingKey ?? "")\"" }),
        ]
        .compactMap { name, value in value.map { (name, $0) } }
    }

    private var bodyLines: [String] {
        guard !message.body.isEmpty else { return ["  (empty)"] }
        if let value = try? RawJSON(message.body, limits: .init(allowsDuplicateKeys: true)) {
            return value.prettyLines.map { "  \($0.printable)" }
        }
        guard let text = String(validating: message.body, as: UTF8.self) else {
            return ["  \(message.body.count) bytes that are no text"]
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map {
            "  \(String($0).printable)"
        }
    }

    private func indented(_ json: String) -> [String] {
        // What we wrote ourselves is JSON.
        ((try? RawJSON(Array(json.utf8), limits: .init(allowsDuplicateKeys: true)))?.prettyLines ?? [json])
            .map { "  \($0.printable)" }
    }
}
