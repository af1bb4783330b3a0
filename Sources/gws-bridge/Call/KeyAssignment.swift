/// Which letter stands for which operation: the same one as long as the program runs, whatever a call offers.
struct KeyAssignment: Sendable, Hashable {
    private var letters: [String: Character] = [:]
    private var free: Set<Character>

    /// - Parameter operations: Who comes first has the first choice.
    init(_ operations: [String]) {
        free = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        // It leaves the program.
        free.remove("q")
        for operation in operations { assign(operation) }
    }

    /// Nil where the letters did not suffice.
    subscript(operation: String) -> Character? { letters[operation] }

    /// Gives an operation a letter for good, unless it has one: the initial, the initial in upper case, the initials of its
    /// other words, its other letters, and then whatever is left.
    mutating func assign(_ operation: String) {
        guard letters[operation] == nil, let letter = Self.wishes(of: operation).first(where: free.contains)
        else { return }
        letters[operation] = letter
        free.remove(letter)
    }

    private static func wishes(of operation: String) -> String {
        let name = operation.filter { $0.isASCII && $0.isLetter }
        let initials = name.prefix(1) + name.dropFirst().filter(\.isUppercase)
        return initials.prefix(1).lowercased() + initials.prefix(1).uppercased() + initials.lowercased()
            + name.lowercased() + name.uppercased() + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    }
}
