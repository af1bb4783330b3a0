// Looking into a text that is known to be valid: nothing here can fail, and nothing is checked twice.

extension RawJSON {
    /// The members of an object, found one after another as they are asked for.
    public struct Members: Sequence, IteratorProtocol, Sendable {
        public struct Member: Sendable {
            /// The key as it stands, with its quotes.
            let quotedKey: RawJSON
            public let value: RawJSON

            public var key: String { quotedKey.string ?? "" }

            func hasKey(_ key: String) -> Bool {
                let quoted = quotedKey.bytes
                // By its UTF-8 either way: Swift would take two spellings of an accented letter for the same.
                if quoted.contains(UInt8(ascii: "\\")) { return self.key.utf8.elementsEqual(key.utf8) }
                return quoted.dropFirst().dropLast().elementsEqual(key.utf8)
            }
        }

        private let text: [UInt8]
        private var position: Int

        init(of value: RawJSON) {
            text = value.text
            position = value.kind == .object ? value.range.lowerBound + 1 : .max
        }

        public mutating func next() -> Member? {
            guard let key = text.nextItem(from: &position) else { return nil }
            position = text.skippingSpace(from: position) + 1
            let start = text.skippingSpace(from: position)
            position = text.skippingValue(from: start)
            return Member(
                quotedKey: RawJSON(within: text, range: key),
                value: RawJSON(within: text, range: start..<position)
            )
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
            text.nextItem(from: &position).map { RawJSON(within: text, range: $0) }
        }
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
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(string.utf8.count + 2)
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                quoted.append(UInt8(ascii: "\\"))
                quoted.append(byte)
            case 0..<0x20:
                let hex = Array("0123456789abcdef".utf8)
                quoted.append(contentsOf: "\\u00".utf8)
                quoted.append(hex[Int(byte >> 4)])
                quoted.append(hex[Int(byte & 0xF)])
            default:
                quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }
}

extension [UInt8] {
    fileprivate func skippingSpace(from start: Int) -> Int {
        var position = start
        while self[position].isJSONSpace { position += 1 }
        return position
    }

    /// The next key or element, from behind the last one; nil at the end.
    fileprivate func nextItem(from position: inout Int) -> Range<Int>? {
        guard position < count else { return nil }
        position = skippingSpace(from: position)
        if self[position] == UInt8(ascii: ",") { position = skippingSpace(from: position + 1) }
        if self[position] == UInt8(ascii: "}") || self[position] == UInt8(ascii: "]") {
            position = .max
            return nil
        }
        let start = position
        position = skippingValue(from: start)
        return start..<position
    }

    /// The end of the value that starts here.
    fileprivate func skippingValue(from start: Int) -> Int {
        switch self[start] {
        case UInt8(ascii: "\""):
            return skippingString(from: start)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            var position = start
            repeat {
                switch self[position] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    position = skippingString(from: position)
                    continue
                default: break
                }
                position += 1
            } while depth > 0
            return position
        default:
            var position = start
            while position < count, !self[position].endsScalar { position += 1 }
            return position
        }
    }

    private func skippingString(from start: Int) -> Int {
        var position = start + 1
        while self[position] != UInt8(ascii: "\"") {
            position += self[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position + 1
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

    fileprivate var endsScalar: Bool {
        isJSONSpace || self == UInt8(ascii: ",") || self == UInt8(ascii: "}") || self == UInt8(ascii: "]")
    }
}
