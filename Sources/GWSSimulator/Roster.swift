/// In which order the agents were added, and whose devices and numbers are whose.
struct Roster: Sendable {
    private(set) var names: [String] = []
    /// Agents by the ids of their devices.
    private(set) var byDevice: [String: String] = [:]
    private(set) var byNumber: [String: String] = [:]

    mutating func add(_ agent: AgentState) {
        if !names.contains(agent.name) { names.append(agent.name) }
        for device in agent.devices {
            byDevice[device.id] = agent.name
            byNumber[device.phoneNumber] = agent.name
        }
    }
}
