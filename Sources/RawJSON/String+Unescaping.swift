extension String {
    /// The text of a valid JSON string, given with its quotes. Half of a surrogate pair becomes U+FFFD.
    init(unescaping quoted: UnsafeBufferPointer<UInt8>) {
        let inner = UnsafeBufferPointer(rebasing: quoted[1..<(quoted.count - 1)])
        guard inner.contains(UInt8(ascii: "\\")) else {
            self.init(decoding: inner, as: UTF8.self)
            return
        }
        var units: [UInt8] = []
        units.reserveCapacity(inner.count)
        var position = 0

        func codeUnit(at start: Int) -> UInt16 {
            inner[start..<(start + 4)].reduce(0) { $0 << 4 | ($1.hexValue ?? 0) }
        }

        func appendScalar(_ value: UInt32) {
            let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
            units.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        }

        while position < inner.count {
            guard inner[position] == UInt8(ascii: "\\") else {
                units.append(inner[position])
                position += 1
                continue
            }
            let escape = inner[position + 1]
            position += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                let unit = codeUnit(at: position)
                position += 4
                let lowFollows =
                    UTF16.isLeadSurrogate(unit) && position + 6 <= inner.count
                    && inner[position] == UInt8(ascii: "\\") && inner[position + 1] == UInt8(ascii: "u")
                if lowFollows, case let low = codeUnit(at: position + 2), UTF16.isTrailSurrogate(low) {
                    appendScalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
                    position += 6
                } else {
                    appendScalar(UInt32(unit))
                }
            default: units.append(escape)
            }
        }
        self.init(decoding: units, as: UTF8.self)
    }
}
