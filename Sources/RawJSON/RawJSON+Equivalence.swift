// Whether two values say the same. What is in doubt counts as different.

extension RawJSON {
    /// Whether both mean the same: white space, the order of members and the way in which a string is escaped do not
    /// matter.
    ///
    /// Numbers are compared by their text: `1.0` and `1` may not be the same to whoever reads them. Where a key stands
    /// more than once, each of its values counts, in their order.
    ///
    /// - Parameters:
    ///   - ignored: keys of this object, but not of those within it, that are not looked at.
    ///   - unordered: keys of this object whose arrays have no order.
    public func isEquivalent(
        to other: RawJSON, ignoring ignored: Set<String> = [], unordered: Set<String> = []
    ) -> Bool {
        if self == other { return true }
        let kind = kind
        guard kind == other.kind else { return false }
        switch kind {
        case .object:
            let (mine, theirs) = (sortedMembers(but: ignored), other.sortedMembers(but: ignored))
            return mine.count == theirs.count
                && zip(mine, theirs).allSatisfy { mine, theirs in
                    guard mine.key == theirs.key else { return false }
                    let isUnordered = unordered.contains(String(decoding: mine.key, as: UTF8.self))
                    return isUnordered && mine.value.hasElements(of: theirs.value)
                        || mine.value.isEquivalent(to: theirs.value)
                }
        case .array:
            var theirs = other.elements
            for element in elements {
                guard let their = theirs.next(), element.isEquivalent(to: their) else { return false }
            }
            return theirs.next() == nil
        case .string: return meaning == other.meaning
        case .number, .boolean, .null: return false
        }
    }

    /// By their keys; of one key, in their order.
    private func sortedMembers(but ignored: Set<String>) -> [(key: [UInt8], value: RawJSON)] {
        var sorted: [(key: [UInt8], value: RawJSON)] = []
        for member in members where ignored.isEmpty || !ignored.contains(member.key) {
            sorted.append((member.quotedKey.meaning, member.value))
        }
        return sorted.sorted { one, other in
            one.key == other.key
                ? one.value.range.lowerBound < other.value.range.lowerBound
                : one.key.lexicographicallyPrecedes(other.key)
        }
    }

    /// Whether both are arrays of the same elements, written alike, in whatever order.
    private func hasElements(of other: RawJSON) -> Bool {
        func sorted(_ array: RawJSON) -> [ArraySlice<UInt8>] {
            array.elements.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }
        }
        return kind == .array && other.kind == .array && sorted(self) == sorted(other)
    }

    /// What a string says, in UTF-8: Swift would take two spellings of an accented letter for the same. Of one with
    /// half a surrogate pair, which UTF-8 cannot say, what is written.
    private var meaning: [UInt8] {
        guard let string, !string.unicodeScalars.contains("\u{FFFD}") else { return Array(bytes) }
        return Array(string.utf8)
    }
}
