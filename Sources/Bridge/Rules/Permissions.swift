/// Who may do what to whom, by the user that the broker vouches for (`user_id`).
public struct Permissions: Sendable, Hashable {
    /// Allows those whom all three patterns match. In a pattern `*` stands for any text.
    public struct Rule: Sendable, Hashable {
        public var users: [String]
        public var operations: [String]
        public var agents: [String]

        public init(users: [String], operations: [String], agents: [String]) {
            self.users = users
            self.operations = operations
            self.agents = agents
        }
    }

    /// Whether a command is allowed that no rule is for.
    public var allowsByDefault: Bool
    public var rules: [Rule]

    public init(allowsByDefault: Bool = true, rules: [Rule] = []) {
        self.allowsByDefault = allowsByDefault
        self.rules = rules
    }
}
