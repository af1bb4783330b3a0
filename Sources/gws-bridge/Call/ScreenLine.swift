import Bridge

/// A line of the screen: texts in colours, of which nothing but the texts and the colours reaches the terminal.
///
/// What stands on the screen was written by others: here, and only here, control characters are made visible.
struct ScreenLine: Sendable, Hashable {
    struct Span: Sendable, Hashable {
        let text: String
        let colour: Terminal.Colour?
    }

    private(set) var spans: [Span] = []

    init() {}

    init(_ text: String, _ colour: Terminal.Colour? = nil) { add(text, colour) }

    mutating func add(_ text: String, _ colour: Terminal.Colour? = nil) {
        guard !text.isEmpty else { return }
        spans.append(Span(text: text.printable, colour: colour))
    }

    /// Fills up with blanks, at least one.
    mutating func pad(to column: Int) {
        add(String(repeating: " ", count: max(1, column - columns)))
    }

    var text: String { spans.map(\.text).joined() }

    var columns: Int { spans.reduce(0) { $0 + $1.text.columns } }

    /// - Parameter width: of the terminal, in columns.
    func clipped(to width: Int) -> ScreenLine {
        guard columns > width else { return self }
        var line = ScreenLine()
        var left = width
        for span in spans {
            let text = span.text.clipped(to: left)
            line.add(text, span.colour)
            left -= text.columns
            if text != span.text { break }
        }
        return line
    }

    func text(on terminal: Terminal) -> String {
        spans.map { span in span.colour.map { terminal.paint(span.text, $0) } ?? span.text }.joined()
    }
}

extension String {
    /// How many columns a terminal gives it.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// At most so many columns; what is missing shows as `…`.
    func clipped(to width: Int) -> String {
        guard columns > width else { return self }
        var text = ""
        var left = width - 1
        for character in self {
            left -= character.columns
            guard left >= 0 else { break }
            text.append(character)
        }
        return width > 0 ? text + "…" : ""
    }

    /// The beginning of what somebody else wrote, long enough to be recognised.
    func bounded(to scalars: Int) -> String {
        guard let end = unicodeScalars.index(startIndex, offsetBy: scalars, limitedBy: endIndex),
            end != endIndex
        else { return self }
        return String(unicodeScalars[..<end]) + "…"
    }
}

extension Character {
    fileprivate var columns: Int {
        // A picture is one picture, whatever it is made of.
        let isPicture = unicodeScalars.contains {
            $0.properties.isEmojiPresentation || $0.value == 0xFE0F
        }
        return isPicture ? 2 : unicodeScalars.reduce(0) { $0 + $1.columns }
    }
}

extension Unicode.Scalar {
    /// As terminals count: none for what stands on the character before, two for what East Asian writing needs.
    fileprivate var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch value {
        // The middles and ends of Korean syllables.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
