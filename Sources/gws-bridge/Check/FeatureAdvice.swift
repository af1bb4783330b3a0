import Bridge
import GWS

/// Which operations GWS will refuse some agents, because their contact centre was not granted them. Pure.
struct FeatureAdvice: Sendable {
    let granted: Set<String>
    let agents: [String]
    let permissions: Permissions

    var finding: Finding {
        let refused = OperationCatalogue.all.filter { !granted.isSuperset(of: $0.features) }
        let missing = Set(refused.flatMap(\.features)).subtracting(granted).sorted().joined(separator: ", ")
        let some = agents.prefix(3).joined(separator: ", ")
        let name = "features of \(some)" + (agents.count > 3 ? " and \(agents.count - 3) more" : "")
        guard !refused.isEmpty else { return Finding(name, .ok, "all that the operations need") }
        let message = "without \(missing): GWS will refuse \(refused.map(\.name).joined(separator: ", "))"
        guard granted.contains("api-voice") else {
            return Finding(
                name, .warning, message,
                remedy: "Have api-voice assigned to the contact centre of these agents.")
        }
        // Many a site records no calls and supervises nobody; only who says that somebody may, means to.
        let wanted = refused.map(\.name).filter(isWanted).joined(separator: ", ")
        guard !wanted.isEmpty else { return Finding(name, .ok, message) }
        return Finding(
            name, .warning, "\(message), and permissions.rules allow \(wanted)",
            remedy:
                "Have \(missing) assigned to the contact centre of these agents, or take these operations out of "
                + "permissions.rules.")
    }

    /// Whether a rule names it, and does not only mean everything.
    private func isWanted(_ operation: String) -> Bool {
        let user = "anybody"
        let rules = permissions.rules.map {
            Permissions.Rule(users: [user], operations: $0.operations.filter { $0 != "*" }, agents: $0.agents)
        }
        let named = Permissions(allowsByDefault: false, rules: rules)
        return agents.contains { named.rejection(user: user, operation: operation, agent: $0) == nil }
    }
}
