/// What a new list of agents changes.
public struct AgentsChange: Sendable, Hashable {
    public private(set) var added: [AgentConfiguration] = []
    /// In password, user name or log-in; as they are now.
    public private(set) var changed: [AgentConfiguration] = []
    /// Their names.
    public private(set) var removed: [String] = []

    /// - Parameter new: of those that have one name the first counts.
    init(from old: [String: AgentConfiguration], to new: [AgentConfiguration]) {
        var names: Set<String> = []
        for agent in new where names.insert(agent.name).inserted {
            switch old[agent.name] {
            case nil: added.append(agent)
            case agent?: break
            case .some: changed.append(agent)
            }
        }
        removed = old.keys.filter { !names.contains($0) }.sorted()
    }

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
