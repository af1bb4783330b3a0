/// A pattern of a topic exchange, for messages that come by another way: words between dots, of which `*` is any one
/// and `#` any number, also none. Pure.
struct TopicPattern: Sendable, Hashable {
    private let words: [ArraySlice<UInt8>]

    init(_ text: String) { words = Self.words(of: text) }

    /// Of all the `#` only the last that was passed is ever tried again, so no pattern costs more than its words times
    /// the key's.
    func matches(_ key: String) -> Bool {
        let key = Self.words(of: key)
        var (wanted, found) = (0, 0)
        /// Behind the last `#`, and where in the key what follows it was tried.
        var any: (after: Int, tried: Int)?
        while found < key.count {
            if wanted < words.count, words[wanted] == Self.anyNumber {
                wanted += 1
                any = (wanted, found)
            } else if wanted < words.count, words[wanted] == Self.anyOne || words[wanted] == key[found] {
                wanted += 1
                found += 1
            } else if let last = any {
                found = last.tried + 1
                wanted = last.after
                any?.tried = found
            } else {
                return false
            }
        }
        return words[wanted...].allSatisfy { $0 == Self.anyNumber }
    }

    private static let anyOne = ArraySlice("*".utf8)
    private static let anyNumber = ArraySlice("#".utf8)

    /// To the broker the empty key has no word, and not one that is empty.
    private static func words(of text: String) -> [ArraySlice<UInt8>] {
        guard !text.isEmpty else { return [] }
        return Array(text.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }
}
