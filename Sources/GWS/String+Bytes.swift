extension String {
    /// As many of its characters as fit in so many bytes of UTF-8: one may be as long as it likes.
    func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var (end, bytes) = (startIndex, 0)
        while end < endIndex {
            bytes += unicodeScalars[end].utf8.count
            guard bytes <= limit else { break }
            end = unicodeScalars.index(after: end)
        }
        return String(unicodeScalars[..<end])
    }
}
