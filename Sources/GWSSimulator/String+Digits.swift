extension String {
    /// Whether it is one or more of 0-9, and nothing that only sorts between them.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
