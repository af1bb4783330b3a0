/// A text in which `*` stands for any text, also none. All else stands for itself, byte for byte.
package struct Pattern: Sendable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Of all the stars only the last that was passed is ever tried again: what the ones before it stand for is settled
    /// by the shortest text. So no pattern costs more than its length times the text's.
    package func matches(_ other: String) -> Bool {
        let (pattern, text) = (self.text.utf8, other.utf8)
        var (wanted, found) = (pattern.startIndex, text.startIndex)
        /// Behind the last star, and where in the text what follows it was tried.
        var star: (after: String.Index, tried: String.Index)?
        while found < text.endIndex {
            if wanted < pattern.endIndex, pattern[wanted] == UInt8(ascii: "*") {
                wanted = pattern.index(after: wanted)
                star = (wanted, found)
            } else if wanted < pattern.endIndex, pattern[wanted] == text[found] {
                wanted = pattern.index(after: wanted)
                found = text.index(after: found)
            } else if let last = star {
                found = text.index(after: last.tried)
                wanted = last.after
                star?.tried = found
            } else {
                return false
            }
        }
        return pattern[wanted...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
