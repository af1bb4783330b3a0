/// The key under which an event or an outcome is published: `<kind>.<id>.<what>`.
///
/// Every segment is percent-encoded, so that a dot in an id is no new segment and no id is a wildcard:
/// `call.*.CallRecordingStateChange` is all recording changes, whatever the calls are called.
package struct RoutingKey: Sendable, Hashable, CustomStringConvertible {
    /// AMQP 0-9-1 §4.2.5.3: a short string holds at most 255 bytes.
    package static let longest = 255

    package let text: String

    package var description: String { text }

    /// - Parameter what: one or more segments, each encoded by itself. Where the key would be too long its id gives way
    ///   to a digest (the header has the true id), and where even that does not help, so do the last segments to `-`.
    package init(_ kind: Kind, _ id: String, _ what: [String]) {
        let head = kind.rawValue + "."
        let tail = what.map { "." + Self.encode($0) }.joined()
        let encodedID = Self.encode(id).orDash
        if head.utf8.count + encodedID.utf8.count + tail.utf8.count <= Self.longest {
            text = head + encodedID + tail
        } else {
            let digest = head + Self.digest(of: id)
            let short = digest + tail
            text = short.utf8.count <= Self.longest ? short : digest + what.map { _ in ".-" }.joined()
        }
    }

    package enum Kind: String, Sendable {
        case call, device, session, agent
    }

    /// The decoded segments of a key that a producer chose; nil where a segment is not what encoding gives.
    package static func segments(of key: String) -> [String]? {
        var segments: [String] = []
        // Byte by byte, as the broker does: with a combining mark behind it a dot is another character.
        for segment in key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let decoded = decode(segment) else { return nil }
            segments.append(decoded)
        }
        return segments
    }

    /// As UTF-8, upper-case hex; ASCII letters, digits and `-` `_` `:` `@` stand for themselves.
    package static func encode(_ segment: String) -> String {
        guard !segment.utf8.allSatisfy(\.standsForItself) else { return segment }
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in segment.utf8 {
            if byte.standsForItself {
                encoded.append(byte)
            } else {
                encoded.append(contentsOf: [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 0xF)]])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func decode(_ segment: Substring.UTF8View) -> String? {
        var decoded: [UInt8] = []
        var bytes = segment.makeIterator()
        while let byte = bytes.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = bytes.next()?.hexDigit, let low = bytes.next()?.hexDigit else { return nil }
                decoded.append(high << 4 | low)
            } else {
                decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// `~` and the first 32 lower-case hex digits of the id's SHA-256.
    package static func digest(of id: String) -> String { "~" + id.sha256(bytes: 16) }
}

extension String {
    /// A segment that has nothing to say still holds its place.
    fileprivate var orDash: String { isEmpty ? "-" : self }
}

extension UInt8 {
    fileprivate var standsForItself: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "@"):
            true
        default: false
        }
    }

    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
