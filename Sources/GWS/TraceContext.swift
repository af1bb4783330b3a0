/// Headers that come from a command are somebody else's text.
package enum TraceContext {
    /// 2, 32, 16 and 2 lower-case hex digits; neither the version `ff` nor an id of zeros.
    package static func isTraceparent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.map(\.utf8.count) == [2, 32, 16, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy(isLowerHex) } && parts[0] != "ff"
            && parts[1...2].allSatisfy { $0.contains { $0 != "0" } }
    }

    package static func isTracestate(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
