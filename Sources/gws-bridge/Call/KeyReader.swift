/// Makes keys of the bytes that a terminal in raw mode sends. Pure: what is cut in two waits for its other half.
struct KeyReader: Sendable {
    /// The beginning of a key whose rest has not come yet.
    private var rest: [UInt8] = []
    private var isPasting = false

    /// No key has so many bytes: whatever it was, it is not waited for any longer.
    private static let longestKey = 64

    mutating func keys(of bytes: [UInt8]) -> [Key] {
        var input = (rest + bytes)[...]
        rest = []
        var keys: [Key] = []
        while let first = input.first {
            if first == 0x1B {
                let before = input
                switch sequence(from: &input) {
                case .key(let key): keys.append(key)
                case .none: break
                case .unfinished:
                    rest = before.count > Self.longestKey ? [] : Array(before)
                    return keys
                }
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

    /// Nothing came for longer than the bytes of one key are apart: an escape that waits was the key.
    mutating func keysAfterPause() -> [Key] {
        guard rest.first == 0x1B else { return [] }
        defer { rest = [] }
        // With `[` or `O` it is Alt and that letter; longer, it is part of something that will never be whole.
        return rest.count <= 2 && !isPasting ? [.escape] : []
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

    private enum Sequence {
        case key(Key)
        case none
        /// More may come.
        case unfinished
    }

    /// A sequence of ECMA-48: `ESC [ parameters final`, `ESC O final`. What is not known is passed over whole, so that
    /// no end of it is taken for a key.
    private mutating func sequence(from input: inout ArraySlice<UInt8>) -> Sequence {
        input.removeFirst()
        guard let introducer = input.first else { return .unfinished }
        guard introducer == UInt8(ascii: "[") || introducer == UInt8(ascii: "O") else {
            // Alt and a key: it is not the key alone. A second escape begins something of its own.
            if introducer != 0x1B { input.removeFirst() }
            return .key(.escape)
        }
        input.removeFirst()
        guard let end = input.firstIndex(where: { !(0x20...0x3F).contains($0) }) else { return .unfinished }
        let sequence = input[..<end]
        guard (0x40...0x7E).contains(input[end]) else {
            // Broken off.
            input = input[end...]
            return .none
        }
        let final = input[end]
        input = input[end...].dropFirst()
        if final == UInt8(ascii: "["), sequence.isEmpty {
            // Linux's own console has function keys with one more letter.
            return input.popFirst() == nil ? .unfinished : .none
        }
        switch final {
        case UInt8(ascii: "A"): return .key(.up)
        case UInt8(ascii: "B"): return .key(.down)
        case UInt8(ascii: "~"):
            // A terminal brackets what is pasted, if it was asked to.
            if sequence.elementsEqual("200".utf8) { isPasting = true }
            if sequence.elementsEqual("201".utf8) { isPasting = false }
            return .none
        default: return .none
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
