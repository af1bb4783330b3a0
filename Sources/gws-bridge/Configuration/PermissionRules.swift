import Bridge
import Yams

/// The rules of `permissions.rules`: a list of mappings, each member a pattern or a list of them.
///
/// A rule of which anything is missing or misspelt is refused: it would not permit what it was meant to.
struct PermissionRules {
    private static let fields = ["user", "operations", "agents"]

    let rules: [Permissions.Rule]

    init(_ node: Node, of key: String, path: String) throws(ConfigurationError) {
        guard let list = node.sequence else {
            throw ConfigurationError(
                at: node.origin(path), key,
                "must be a list of mappings, like - {user: desk, operations: \"*\", agents: \"5001\"}")
        }
        var rules: [Permissions.Rule] = []
        for (index, node) in list.enumerated() {
            rules.append(try Entry(node: node, name: "\(key)[\(index)]", path: path).rule())
        }
        self.rules = rules
    }

    /// As YAML in one line.
    static func text(_ rule: Permissions.Rule) -> String {
        let members = zip(fields, [rule.users, rule.operations, rule.agents]).map { field, patterns in
            "\(field): [\(patterns.map(JSON.quote).joined(separator: ", "))]"
        }
        return "{\(members.joined(separator: ", "))}"
    }

    private struct Entry {
        let node: Node
        /// How it is called in what is said of it.
        let name: String
        let path: String

        func rule() throws(ConfigurationError) -> Permissions.Rule {
            guard let mapping = node.mapping else {
                throw ConfigurationError(
                    at: node.origin(path), name,
                    "must be a mapping with \(PermissionRules.fields.joined(separator: ", "))")
            }
            for (key, _) in mapping {
                let field = key.scalar?.string ?? "?"
                guard PermissionRules.fields.contains(field) else {
                    let suggestion = ConfigurationError.suggestion(for: field, among: PermissionRules.fields)
                    throw ConfigurationError(
                        at: key.origin(path), "\(name).\(field)", "unknown field\(suggestion)")
                }
            }
            return Permissions.Rule(
                users: try patterns("user", in: mapping), operations: try patterns("operations", in: mapping),
                agents: try patterns("agents", in: mapping))
        }

        private func patterns(
            _ field: String, in mapping: Node.Mapping
        ) throws(ConfigurationError) -> [String] {
            guard let value = mapping[field], !value.isNull else {
                throw ConfigurationError(
                    at: node.origin(path), "\(name).\(field)", "is missing; \"*\" stands for all")
            }
            let elements = value.sequence.map(Array.init) ?? [value]
            let patterns = elements.compactMap { $0.isNull ? nil : $0.scalar?.string }.filter { !$0.isEmpty }
            guard !patterns.isEmpty, patterns.count == elements.count else {
                throw ConfigurationError(
                    at: value.origin(path), "\(name).\(field)", "must be a pattern or a list of patterns")
            }
            return patterns
        }
    }
}
