// Who there is, and what is known of whom.

extension Simulator {
    /// An agent more, who can log in from now on.
    public func add(_ agent: SimulatorConfiguration.Agent) {
        let state = AgentState(agent, features: configuration.features)
        if agents.updateValue(state, forKey: agent.name) == nil { agentNames.append(agent.name) }
        for device in state.devices { agentByDevice[device.id] = agent.name }
    }

    /// The device of that id, whoever's it is.
    func device(_ id: String) -> DeviceModel? {
        agentByDevice[id].flatMap { agents[$0] }?.devices.first { $0.id == id }
    }
}
