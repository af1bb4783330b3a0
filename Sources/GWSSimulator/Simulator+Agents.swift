// Who there is, and what is known of whom.

extension Simulator {
    /// An agent more, who can log in from now on.
    public func add(_ agent: SimulatorConfiguration.Agent) {
        let state = AgentState(agent, features: configuration.features)
        agents[agent.name] = state
        roster.add(state)
    }

    /// The ids of the agent's devices, which are the same after a restart.
    public func deviceIDs(of agent: String) throws -> [String] {
        guard let agent = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        return agent.devices.map(\.id)
    }

    /// The device of that id, whoever's it is.
    func device(_ id: String) -> DeviceModel? {
        roster.byDevice[id].flatMap { agents[$0] }?.devices.first { $0.id == id }
    }
}

extension Simulator {
    /// Gives the agent all features of the site but these, from now on.
    public func setMissingFeatures(_ missing: Set<String>, of agent: String) throws {
        guard agents[agent] != nil else { throw SimulatorError.noSuchAgent(agent) }
        agents[agent]!.features = configuration.features.subtracting(missing)
    }

    /// The next login needs the new password; sessions that run are told of it and go on.
    public func changePassword(of agent: String, to password: String) throws {
        guard agents[agent] != nil else { throw SimulatorError.noSuchAgent(agent) }
        agents[agent]!.password = password
        let type = "PasswordChangeSuccessful"
        tell(agent, [.init("notificationType", .string(type))] + metrics(), on: "/v2/me", type: type)
    }
}
