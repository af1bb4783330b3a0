// Values that are put together: valid because their parts are, so nothing here can fail.

extension RawJSON {
    /// A string that says this.
    public init(string: String) { self.init(valid: Self.quoted(string)) }

    /// An object with these members, in their order.
    public init(members: KeyValuePairs<String, RawJSON>) {
        let members = members.map { Self.quoted($0.key) + [UInt8(ascii: ":")] + $0.value.bytes }
        self.init(valid: Self.list(members, within: "{", "}"))
    }

    public init(elements: [RawJSON]) {
        self.init(valid: Self.list(elements.map { Array($0.bytes) }, within: "[", "]"))
    }

    /// The object with another value for a key, and byte for byte as it was otherwise.
    ///
    /// Where the key stands more than once, all get the value; where it does not stand, it comes last. What is no
    /// object stays as it is.
    public func replacing(_ key: String, with value: RawJSON) -> RawJSON {
        guard kind == .object else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count + key.utf8.count + value.range.count + 4)
        var copied = range.lowerBound
        for member in members where member.hasKey(key) {
            bytes += text[copied..<member.value.range.lowerBound]
            bytes += value.bytes
            copied = member.value.range.upperBound
        }
        let isNew = copied == range.lowerBound
        bytes += text[copied..<range.upperBound]
        if isNew {
            bytes.removeLast()
            if members.contains(where: { _ in true }) { bytes.append(UInt8(ascii: ",")) }
            bytes += Self.quoted(key) + [UInt8(ascii: ":")] + value.bytes + [UInt8(ascii: "}")]
        }
        return RawJSON(valid: bytes)
    }

    private init(valid text: [UInt8]) { self.init(within: text, range: 0..<text.count) }

    private static func list(
        _ items: [[UInt8]], within opening: Unicode.Scalar, _ closing: Unicode.Scalar
    ) -> [UInt8] {
        [UInt8(ascii: opening)] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: closing)]
    }
}
