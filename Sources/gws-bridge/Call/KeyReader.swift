/// Makes keys of the bytes that a terminal in raw mode sends. Pure: what is cut in two waits for its other half.
struct KeyReader: Sendable {
    /// The beginning of a character whose rest has not come yet.
    private var rest: [UInt8] = []
    private var isPasting = false

    /// An escape at the end of what came at once is the key: terminals send their sequences in one piece.
    mutating func keys(of bytes: [UInt8]) -> [Key] {
        var input = (rest + bytes)[...]
        rest = []
        var keys: [Key] = []
        while let first = input.first {
            if first == 0x1B {
                if let key = sequence(from: &input) { keys.append(key) }
            } else if first < 0x20 || first == 0x7F {
                input.removeFirst()
                if let key = isPasting ? .pasted(" ") : Self.control(first) { keys.append(key) }
            } else {
                let length = Self.length(of: first)
                guard input.count >= length else {
                    rest = Array(input)
                    break
                }
                keys += characters(input.prefix(length))
                input.removeFirst(length)
            }
        }
        return keys
    }

    private static func control(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x03, 0x04, 0x1C: .interrupt
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x15: .eraseLine
        case 0x1A: .suspend
        default: nil
        }
    }

    /// Escape alone, or a sequence of ECMA-48: `ESC [ parameters final`, `ESC O final`. What is not known is passed over
    /// whole, so that no end of it is taken for a key.
    private mutating func sequence(from input: inout ArraySlice<UInt8>) -> Key? {
        input.removeFirst()
        guard let introducer = input.first else { return .escape }
        guard introducer == UInt8(ascii: "[") || introducer == UInt8(ascii: "O") else {
            // Alt and a key: it is not the key alone.
            input.removeFirst()
            return .escape
        }
        input.removeFirst()
        let end = input.firstIndex { (0x40...0x7E).contains($0) } ?? input.endIndex
        let sequence = input[..<end]
        let final = input[end...].first
        input = input[end...].dropFirst()
        switch final {
        case UInt8(ascii: "A"): return .up
        case UInt8(ascii: "B"): return .down
        case UInt8(ascii: "~"):
            // A terminal brackets what is pasted, if it was asked to.
            if sequence.elementsEqual("200".utf8) { isPasting = true }
            if sequence.elementsEqual("201".utf8) { isPasting = false }
            return nil
        default: return nil
        }
    }

    private static func length(of first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private func characters(_ bytes: ArraySlice<UInt8>) -> [Key] {
        // What is no UTF-8 is no key.
        guard let text = String(validating: bytes, as: UTF8.self) else { return [] }
        return text.map { isPasting ? .pasted($0) : .text($0) }
    }
}
