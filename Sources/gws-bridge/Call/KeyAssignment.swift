import GWS

/// Which letter stands for which operation: the same one as long as the program runs, whatever a call offers.
struct KeyAssignment: Sendable, Hashable {
    /// In the order in which they got their letters.
    private(set) var operations: [String] = []
    private var letters: [String: Character] = [:]
    private var free: Set<Character>

    /// - Parameter operations: Who comes first has the first choice.
    init(_ operations: [String]) {
        free = Set(Self.all)
        // It leaves the program.
        free.remove("q")
        for operation in operations { assign(operation) }
    }

    /// What can be done to calls; first what a key does by itself.
    init(_ catalogue: [OperationDefinition]) {
        let rows = catalogue.filter { $0.target == .call }
        self.init((rows.filter(\.parameters.isEmpty) + rows.filter { !$0.parameters.isEmpty }).map(\.name))
    }

    /// Nil where the letters did not suffice.
    subscript(operation: String) -> Character? { letters[operation] }

    /// Gives an operation a letter for good, unless it has one: the initial, the initial in upper case, the initials of
    /// its other words, its other letters, and then whatever is left.
    mutating func assign(_ operation: String) {
        guard letters[operation] == nil, let letter = Self.wishes(of: operation).first(where: free.contains)
        else { return }
        letters[operation] = letter
        operations.append(operation)
        free.remove(letter)
    }

    private static let all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    private static func wishes(of operation: String) -> String {
        let name = operation.filter { $0.isASCII && $0.isLetter }
        // Words of two letters, such as To and In, say little.
        let initials = name.matches(of: /[A-Z][a-z]{2,}/).map { $0.output.prefix(1) }.joined().lowercased()
        let first = name.prefix(1)
        return first.lowercased() + first.uppercased() + initials + name.lowercased() + name.uppercased()
            + all
    }
}
