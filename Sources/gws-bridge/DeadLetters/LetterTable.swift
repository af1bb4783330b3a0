import Bridge

/// Dead letters for people, a line each below a heading, in columns as wide as they need to be.
struct LetterTable: Sendable {
    let letters: [Letter]

    private struct Column {
        let heading: String
        let colour: Terminal.Colour?
        let text: @Sendable (Letter) -> String?
    }

    /// The sentence last, which may be cut; the id first, and whole, since that is what the other commands want.
    private static let columns = [
        Column(heading: "ID", colour: .bold) { $0.id },
        Column(heading: "FAILED", colour: .grey) { $0.failedAt.map { Timestamp($0).text } },
        Column(heading: "OUTCOME", colour: .red) {
            [$0.outcome, $0.reason].compactMap(\.self).joined(separator: " ")
        },
        Column(heading: "OPERATION", colour: nil) { $0.address.operationName },
        Column(heading: "CALL", colour: nil) { $0.address.callID },
        Column(heading: "AGENT", colour: nil) { $0.address.agent },
        Column(heading: "REPLAYS", colour: nil) { $0.replayCount == 0 ? nil : "\($0.replayCount)" },
        Column(heading: "DETAIL", colour: .grey) { $0.detail },
    ]

    /// - Parameter width: of the terminal; nil where nobody looks, and nothing is cut.
    func lines(on terminal: Terminal, width: Int?) -> [String] {
        let rows = letters.map { letter in Self.columns.map { ($0.text(letter) ?? "–").printable } }
        let widths = Self.columns.indices.map { index in
            rows.reduce(Self.columns[index].heading.columns) { max($0, $1[index].columns) }
        }
        let head = line(Self.columns.map(\.heading), widths) { _ in .grey }
        return ([head] + rows.map { line($0, widths) { Self.columns[$0].colour } }).map { line in
            (width.map { line.clipped(to: $0) } ?? line).text(on: terminal)
        }
    }

    private func line(
        _ texts: [String], _ widths: [Int], colour: (Int) -> Terminal.Colour?
    ) -> ScreenLine {
        var line = ScreenLine()
        var end = 0
        for (index, text) in texts.enumerated() {
            line.add(text, colour(index))
            end += widths[index] + 2
            if index < texts.count - 1 { line.pad(to: end) }
        }
        return line
    }
}
