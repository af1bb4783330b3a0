// Looking into a text that is known to be valid: nothing here can fail, and nothing is checked twice.

extension RawJSON {
    /// The members of an object, found one after another as they are asked for.
    public struct Members: Sequence, IteratorProtocol, Sendable {
        public struct Member: Sendable {
            private let text: [UInt8]
            private let place: Scan.Member

            fileprivate init(_ place: Scan.Member, in text: [UInt8]) {
                self.text = text
                self.place = place
            }

            public var key: String { quotedKey.string ?? "" }
            /// The key as it stands, with its quotes.
            var quotedKey: RawJSON { RawJSON(within: text, range: place.key) }
            public var value: RawJSON { RawJSON(within: text, range: place.value) }

            /// Whether its key means this; faster than to ask for the key. They are compared by their UTF-8: Swift would
            /// take two spellings of an accented letter for the same.
            public func hasKey(_ key: String) -> Bool {
                text.withUnsafeBufferPointer { Scan($0, from: 0).isKey(place.key, key) }
            }
        }

        private let text: [UInt8]
        private var position: Int

        init(of value: RawJSON) {
            text = value.text
            position = value.kind == .object ? value.range.lowerBound + 1 : .max
        }

        public mutating func next() -> Member? {
            let found = text.withUnsafeBufferPointer {
                var scan = Scan($0, from: position)
                defer { position = scan.position }
                return scan.nextMember()
            }
            return found.map { Member($0, in: text) }
        }
    }

    /// The elements of an array, found one after another as they are asked for.
    public struct Elements: Sequence, IteratorProtocol, Sendable {
        private let text: [UInt8]
        private var position: Int

        init(of value: RawJSON) {
            text = value.text
            position = value.kind == .array ? value.range.lowerBound + 1 : .max
        }

        public mutating func next() -> RawJSON? {
            let found = text.withUnsafeBufferPointer {
                var scan = Scan($0, from: position)
                defer { position = scan.position }
                return scan.nextItem()
            }
            return found.map { RawJSON(within: text, range: $0) }
        }
    }

    /// The member of an object.
    public subscript(key: String) -> RawJSON? {
        guard kind == .object else { return nil }
        let found = text.withUnsafeBufferPointer { text -> Range<Int>? in
            var scan = Scan(text, from: range.lowerBound + 1)
            while let member = scan.nextMember() {
                if scan.isKey(member.key, key) { return member.value }
            }
            return nil
        }
        return found.map { RawJSON(within: text, range: $0) }
    }

    /// The text of a string.
    public var string: String? {
        guard kind == .string else { return nil }
        return text.withUnsafeBufferPointer { String(unescaping: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// A number without fraction or exponent that fits.
    public var int: Int? { kind == .number ? Int(description) : nil }

    public var double: Double? { kind == .number ? Double(description) : nil }

    public var bool: Bool? {
        kind == .boolean ? text[range.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// The JSON text of a string, with its quotes.
    public static func quoted(_ string: String) -> [UInt8] {
        var quoted: [UInt8] = []
        quoted.reserveCapacity(string.utf8.count + 2)
        quoted.append(quoting: string)
        return quoted
    }
}

extension String {
    /// Whether these are its bytes.
    package func isWritten(as bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard utf8.count == bytes.count else { return false }
        return utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? utf8.elementsEqual(bytes)
    }
}

extension [UInt8] {
    /// Appends the JSON text of a string, with its quotes.
    package mutating func append(quoting string: String) {
        append(UInt8(ascii: "\""))
        let isPlain = string.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.allSatisfy(\.standsForItselfInJSON) else { return false }
            append(contentsOf: bytes)
            return true
        }
        if isPlain != true { append(escaping: string.utf8) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping string: String.UTF8View) {
        for byte in string {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                let hex = Array("0123456789abcdef".utf8)
                append(contentsOf: "\\u00".utf8)
                append(hex[Int(byte >> 4)])
                append(hex[Int(byte & 0xF)])
            default:
                append(byte)
            }
        }
    }
}

/// Goes through a text that is known to be valid.
private struct Scan {
    struct Member: Sendable {
        /// With its quotes.
        let key: Range<Int>
        let value: Range<Int>
    }

    private let text: UnsafeBufferPointer<UInt8>
    private(set) var position: Int

    init(_ text: UnsafeBufferPointer<UInt8>, from position: Int) {
        self.text = text
        self.position = position
    }

    /// From behind the last one, or from the brace; nil at the end.
    mutating func nextMember() -> Member? {
        guard let key = nextItem() else { return nil }
        skipSpace()
        // The colon.
        position += 1
        skipSpace()
        let start = position
        skipValue()
        return Member(key: key, value: start..<position)
    }

    /// The next key or element, from behind the last one, or from the brace or bracket; nil at the end.
    mutating func nextItem() -> Range<Int>? {
        guard position < text.count else { return nil }
        skipSpace()
        if text[position] == UInt8(ascii: ",") {
            position += 1
            skipSpace()
        }
        if text[position] == UInt8(ascii: "}") || text[position] == UInt8(ascii: "]") {
            position = .max
            return nil
        }
        let start = position
        skipValue()
        return start..<position
    }

    /// Whether the quoted key means this.
    func isKey(_ quoted: Range<Int>, _ key: String) -> Bool {
        let bytes = UnsafeBufferPointer(rebasing: text[(quoted.lowerBound + 1)..<(quoted.upperBound - 1)])
        let isAlike = key.isWritten(as: bytes)
        // It is written as it is meant, or it is longer than what it means.
        guard isAlike || bytes.count > key.utf8.count, bytes.contains(UInt8(ascii: "\\")) else {
            return isAlike
        }
        let quoted = UnsafeBufferPointer(rebasing: text[quoted])
        return String(unescaping: quoted).utf8.elementsEqual(key.utf8)
    }

    private mutating func skipSpace() {
        while text[position].isJSONSpace { position += 1 }
    }

    /// To the end of the value that starts here.
    private mutating func skipValue() {
        switch text[position] {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            repeat {
                position = firstOfNote(from: position) { word in
                    // With that bit set, braces and brackets are the same.
                    let folded = word | Word(repeating: 0x20)
                    return folded.places(of: UInt8(ascii: "{")) | folded.places(of: UInt8(ascii: "}"))
                        | word.places(of: UInt8(ascii: "\""))
                }
                switch text[position] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    skipString()
                    continue
                default: break
                }
                position += 1
            } while depth > 0
        default: while position < text.count, !text[position].endsScalar { position += 1 }
        }
    }

    private mutating func skipString() {
        var position = position + 1
        while true {
            position = firstOfNote(from: position) { word in
                word.places(of: UInt8(ascii: "\"")) | word.places(of: UInt8(ascii: "\\"))
            }
            if text[position] == UInt8(ascii: "\"") { break }
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        self.position = position + 1
    }

    /// Where the next byte of note is, or no more than a few bytes before it: eight are looked at at a time.
    private func firstOfNote(from start: Int, _ places: (Word) -> Word.Places) -> Int {
        var position = start
        while position + 8 <= text.count {
            let found = places(Word(text, at: position))
            if !found.isEmpty { return position + found.first }
            position += 8
        }
        return position
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var hexValue: UInt16? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    fileprivate var standsForItselfInJSON: Bool {
        self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }

    fileprivate var endsScalar: Bool {
        isJSONSpace || self == UInt8(ascii: ",") || self == UInt8(ascii: "}") || self == UInt8(ascii: "]")
    }
}
