/// A JSON value that stays the bytes it was.
///
/// The bridge passes on what GWS and its users wrote, byte for byte: numbers unrounded, keys in their order. So a text
/// is validated once, then looked into without being rebuilt; values share the bytes of the text they stand in, and
/// hold on to them.
public struct RawJSON: Sendable {
    /// What a text may be, beyond what RFC 8259 says.
    public struct Limits: Sendable {
        /// Arrays and objects within each other, the outermost counted.
        public var depth: Int
        /// Whether one key may stand twice in an object. If it may, a lookup finds the first.
        public var allowsDuplicateKeys: Bool

        public init(depth: Int = 128, allowsDuplicateKeys: Bool = false) {
            self.depth = depth
            self.allowsDuplicateKeys = allowsDuplicateKeys
        }
    }

    public enum Kind: String, Sendable {
        case object, array, string, number, boolean, null
    }

    let text: [UInt8]
    let range: Range<Int>

    /// Takes a whole text: one value, with nothing but white space around it.
    public init(_ text: [UInt8], limits: Limits = Limits()) throws(RawJSONError) {
        self.range = try Validator.validate(text, limits: limits)
        self.text = text
    }

    /// A value within a text that is known to be valid.
    init(within text: [UInt8], range: Range<Int>) {
        self.text = text
        self.range = range
    }

    /// The same value in a text of its own: it does not hold on to the one that it came in.
    public var detached: RawJSON {
        range.count == text.count ? self : RawJSON(within: Array(bytes), range: 0..<range.count)
    }

    /// The value exactly as it stood, without the white space around it.
    public var bytes: ArraySlice<UInt8> { text[range] }

    public var kind: Kind {
        switch text[range.lowerBound] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The members of an object in their order; none of any other value.
    public var members: Members { Members(of: self) }

    /// The elements of an array; none of any other value.
    public var elements: Elements { Elements(of: self) }
}

extension RawJSON: Equatable {
    /// Whether both are written alike: `1.0` and `1` are not.
    public static func == (one: RawJSON, other: RawJSON) -> Bool {
        one.bytes == other.bytes
    }
}

extension RawJSON: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// Why a text is not JSON, or not within its limits.
public struct RawJSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case endOfText = "the text ends too early"
        case unexpectedByte = "unexpected byte"
        case invalidNumber = "not a number"
        case invalidEscape = "not an escape sequence"
        case invalidUTF8 = "not UTF-8"
        case controlCharacter = "a control character in a string must be escaped"
        case tooDeep = "nested too deep"
        case duplicateKey = "a key stands twice in one object"
        case trailingBytes = "something follows the value"
    }

    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let offset: Int

    public var description: String { "\(reason.rawValue), at byte \(offset)" }
}
