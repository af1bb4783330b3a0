/// Who may do what to whom, by the user that the broker vouches for (`user_id`).
///
/// A user whom a rule names may do what the rules that name it allow, and nothing else. The default holds for all others,
/// and for commands that name no user.
public struct Permissions: Sendable, Hashable {
    /// Allows the users the operations on the agents. Each is a pattern, in which `*` stands for any text.
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

    /// Nil where it is allowed. What it says names what is missing, and never what the rules are.
    ///
    /// - Parameter user: nil for a command that names none.
    package func rejection(user: String?, operation: String, agent: String) -> Rejection? {
        let own = rules.filter { rule in user.map { rule.users.match($0) } ?? false }
        let isAllowed =
            own.isEmpty
            ? allowsByDefault
            : own.contains { $0.operations.match(operation) && $0.agents.match(agent) }
        guard !isAllowed else { return nil }
        let who = user == nil ? "a command without a user_id" : "this user"
        return Rejection(
            .notPermitted, "No rule permits \(who) to use the operation \(operation) on the agent \(agent).")
    }
}

extension [String] {
    /// Whether one of these patterns matches.
    fileprivate func match(_ text: String) -> Bool { contains { Pattern($0).matches(text) } }
}
