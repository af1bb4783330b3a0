/// Reads a text once and says whether it is JSON (RFC 8259) within the limits.
struct Validator {
    private let text: UnsafeBufferPointer<UInt8>
    private let limits: RawJSON.Limits
    private var position = 0
    private var depth = 0

    /// Where the value stands in the text.
    static func validate(_ bytes: [UInt8], limits: RawJSON.Limits) throws(RawJSONError) -> Range<Int> {
        try bytes.withUnsafeBufferPointer { (text) throws(RawJSONError) in
            var validator = Validator(text: text, limits: limits)
            return try validator.wholeText()
        }
    }

    private init(text: UnsafeBufferPointer<UInt8>, limits: RawJSON.Limits) {
        self.text = text
        self.limits = limits
    }

    private mutating func wholeText() throws(RawJSONError) -> Range<Int> {
        skipSpace()
        let start = position
        try value()
        let end = position
        skipSpace()
        guard position == text.count else { throw failure(.trailingBytes) }
        return start..<end
    }

    private func failure(_ reason: RawJSONError.Reason) -> RawJSONError {
        RawJSONError(reason: reason, offset: position)
    }

    /// The byte at the position.
    private func peek() throws(RawJSONError) -> UInt8 {
        guard position < text.count else { throw failure(.endOfText) }
        return text[position]
    }

    private mutating func skipSpace() {
        while position < text.count, text[position].isJSONSpace { position += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(RawJSONError) {
        guard try peek() == byte else { throw failure(.unexpectedByte) }
        position += 1
    }

    private mutating func value() throws(RawJSONError) {
        switch try peek() {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: throw failure(.unexpectedByte)
        }
    }

    // MARK: - Arrays and objects

    private mutating func enter() throws(RawJSONError) {
        depth += 1
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        position += 1
        skipSpace()
    }

    private mutating func leave() {
        depth -= 1
        position += 1
    }

    private mutating func array() throws(RawJSONError) {
        try enter()
        if try peek() == UInt8(ascii: "]") { return leave() }
        while true {
            try value()
            skipSpace()
            if try peek() == UInt8(ascii: "]") { return leave() }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    private mutating func object() throws(RawJSONError) {
        try enter()
        if try peek() == UInt8(ascii: "}") { return leave() }
        var keys = Keys()
        while true {
            let start = position
            try string()
            if !limits.allowsDuplicateKeys {
                guard keys.insert(start..<position, of: text) else {
                    throw RawJSONError(reason: .duplicateKey, offset: start)
                }
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            try value()
            skipSpace()
            if try peek() == UInt8(ascii: "}") { return leave() }
            try expect(UInt8(ascii: ","))
            skipSpace()
        }
    }

    /// The keys of one object so far. Compared as they mean, not as they are written: `"a"` and `"\u0061"` are one key.
    /// But by their UTF-8: Swift's strings would take two spellings of an accented letter for the same.
    private struct Keys {
        /// Of a few that are written as they are meant it is enough to look at each.
        private var few: [Range<Int>] = []
        private var seen: Set<[UInt8]> = []
        private static let aFew = 12

        mutating func insert(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Bool {
            let quoted = UnsafeBufferPointer(rebasing: text[range])
            if seen.isEmpty {
                if few.count < Self.aFew, !quoted.contains(UInt8(ascii: "\\")) {
                    let isNew = !few.contains { text[$0].elementsEqual(quoted) }
                    few.append(range)
                    return isNew
                }
                seen = Set(few.map { Self.meaning(of: UnsafeBufferPointer(rebasing: text[$0])) })
            }
            return seen.insert(Self.meaning(of: quoted)).inserted
        }

        private static func meaning(of quoted: UnsafeBufferPointer<UInt8>) -> [UInt8] {
            Array(String(unescaping: quoted).utf8)
        }
    }

    // MARK: - Scalars

    private mutating func literal(_ word: StaticString) throws(RawJSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            try expect(word.utf8Start[offset])
        }
    }

    private mutating func digits() throws(RawJSONError) {
        let start = position
        while position < text.count, text[position].isDigit { position += 1 }
        guard position > start else { throw failure(.invalidNumber) }
    }

    private mutating func number() throws(RawJSONError) {
        if text[position] == UInt8(ascii: "-") { position += 1 }
        if position < text.count, text[position] == UInt8(ascii: "0") {
            position += 1
            // A zero leads no other digits.
            if position < text.count, text[position].isDigit { throw failure(.invalidNumber) }
        } else {
            try digits()
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count,
                text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try digits()
        }
    }

    private mutating func string() throws(RawJSONError) {
        try expect(UInt8(ascii: "\""))
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                try escape()
            case 0..<0x20:
                throw failure(.controlCharacter)
            case 0..<0x80:
                position += 1
            default:
                try multibyteCharacter(first: byte)
            }
        }
    }

    private mutating func escape() throws(RawJSONError) {
        switch try peek() {
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard try peek().hexValue != nil else { throw failure(.invalidEscape) }
                position += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default:
            throw failure(.invalidEscape)
        }
    }

    /// Unicode 15, table 3-7: well-formed byte sequences.
    private mutating func multibyteCharacter(first: UInt8) throws(RawJSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw failure(.invalidUTF8)
        }
        guard position + length <= text.count else { throw failure(.endOfText) }
        guard second.contains(text[position + 1]) else { throw failure(.invalidUTF8) }
        for offset in 2..<max(length, 2) where !(0x80...0xBF).contains(text[position + offset]) {
            throw failure(.invalidUTF8)
        }
        position += length
    }
}
