/// What a terminal shows after what was written to it: as much of ECMA-48 as the program uses, and no more.
struct TerminalScreen: Sendable {
    private(set) var rows: [[Character]]
    /// Whether the program has a screen of its own.
    private(set) var isAlternate = false
    private(set) var isCursorVisible = true
    /// Control characters and sequences that no program of ours should write.
    private(set) var strange: [String] = []
    private let width: Int
    private var row = 0
    private var column = 0
    private var pending = ""

    init(width: Int, height: Int) {
        self.width = width
        rows = Array(repeating: [], count: height)
    }

    var text: String { rows.map { String($0) }.joined(separator: "\n") }

    mutating func write(_ text: String) {
        for scalar in text.unicodeScalars {
            if pending.isEmpty, scalar.value >= 0x20, scalar.value != 0x7F {
                put(Character(scalar))
            } else {
                pending.unicodeScalars.append(scalar)
                if carryOut(pending) { pending = "" }
            }
        }
    }

    private mutating func put(_ character: Character) {
        while rows[row].count <= column { rows[row].append(" ") }
        rows[row][column] = character
        column = min(column + 1, width - 1)
    }

    /// False if it is not whole yet.
    private mutating func carryOut(_ sequence: String) -> Bool {
        switch sequence {
        case "\r": column = 0
        case "\n": row = min(row + 1, rows.count - 1)
        case "\u{1B}", "\u{1B}[": return false
        default:
            guard sequence.hasPrefix("\u{1B}["), let final = sequence.last else {
                strange.append(sequence)
                return true
            }
            guard final.isLetter else { return false }
            control(final, String(sequence.dropFirst(2).dropLast()))
        }
        return true
    }

    private mutating func control(_ final: Character, _ parameters: String) {
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        switch (final, parameters) {
        case ("m", _): break
        case ("H", _):
            row = min(max(1, numbers.first ?? 1), rows.count) - 1
            column = min(max(1, numbers.count > 1 ? numbers[1] : 1), width) - 1
        case ("J", "2"): rows = rows.map { _ in [] }
        case ("K", "2"): rows[row] = []
        case ("h", "?1049"), ("l", "?1049"): isAlternate = final == "h"
        case ("h", "?25"), ("l", "?25"): isCursorVisible = final == "h"
        case ("h", "?7"), ("l", "?7"), ("h", "?2004"), ("l", "?2004"): break
        default: strange.append("\(parameters)\(final)")
        }
    }
}
