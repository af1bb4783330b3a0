/// Headers that come from a command are somebody else's text.
package enum TraceContext {
    /// 2, 32, 16 and 2 lower-case hex digits; neither the version `ff` nor an id of zeros.
    package static func isTraceparent(_ text: String) -> Bool {
        guard text.utf8.count == 55 else { return false }
        // Whether each has a digit that is not zero; how many of the version's are `f`.
        var (hasTrace, hasParent, versionFs) = (false, false, 0)
        for (index, byte) in text.utf8.enumerated() {
            if index == 2 || index == 35 || index == 52 {
                guard byte == UInt8(ascii: "-") else { return false }
                continue
            }
            guard isLowerHex(byte) else { return false }
            if index < 2, byte == UInt8(ascii: "f") { versionFs += 1 }
            if byte != UInt8(ascii: "0") {
                if (3..<35).contains(index) { hasTrace = true }
                if (36..<52).contains(index) { hasParent = true }
            }
        }
        return versionFs < 2 && hasTrace && hasParent
    }

    package static func isTracestate(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
