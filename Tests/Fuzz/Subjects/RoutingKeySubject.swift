import Bridge

/// A line for the kind, by its first letter, one of what happened, then the id with all that follows.
enum RoutingKeySubject {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        try takeApart(String(fuzzed: bytes))
        var input = FuzzedInput(bytes)
        let letter = input.line().first
        let kinds = [RoutingKey.Kind.call, .device, .session, .agent]
        let kind = kinds.first { $0.rawValue.utf8.first == letter } ?? .call
        let what = input.line().split(separator: UInt8(ascii: " "), maxSplits: 3).map { String(fuzzed: $0) }
        try make(kind, String(fuzzed: input.rest), what)
    }

    private static func make(_ kind: RoutingKey.Kind, _ id: String, _ what: [String]) throws(BrokenPromise) {
        for text in [id] + what {
            let encoded = RoutingKey.encode(text)
            try expect(encoded.utf8.allSatisfy(isPlain), "an encoded segment holds no dot and no wildcard")
            let decoded = RoutingKey.segments(of: encoded)
            try expect(decoded?.count == 1, "an encoded text is one segment")
            try expect(decoded?[0].isWritten(text) ?? false, "a segment that is decoded is what it was")
        }
        let key = RoutingKey(kind, id, what).text
        try expect(key.utf8.count <= RoutingKey.longest, "no key is longer than a broker takes")
        let segments = key.split(separator: ".", omittingEmptySubsequences: false)
        try expect(segments.count == what.count + 2, "whatever the id is, the segments are as many")
        try expect(
            segments.allSatisfy { $0.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "~") } },
            "no segment is a wildcard")
        try expect(segments[0] == kind.rawValue, "the kind comes first")
        guard segments[1].utf8.first != UInt8(ascii: "~") else {
            return try expect(
                segments[1] == RoutingKey.digest(of: id), "an id that is too long gives way to its digest")
        }
        let decoded = try unwrap(RoutingKey.segments(of: key), "a key can be taken apart")
        try expect(decoded[1].isWritten(id.isEmpty ? "-" : id), "a key has the id")
        try expect(
            zip(decoded.dropFirst(2), what).allSatisfy { $0.isWritten($1) }, "a key has what happened")
    }

    /// A key that a producer chose.
    private static func takeApart(_ key: String) throws(BrokenPromise) {
        guard let segments = RoutingKey.segments(of: key) else { return }
        try expect(segments.count == key.utf8.count { $0 == UInt8(ascii: ".") } + 1, "a dot ends a segment")
        let again = segments.map(RoutingKey.encode).joined(separator: ".")
        let read = RoutingKey.segments(of: again)
        try expect(
            read?.count == segments.count && zip(read ?? [], segments).allSatisfy { $0.isWritten($1) },
            "what was decoded can be encoded")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_:@%".utf8.contains(byte)
        }
    }
}
