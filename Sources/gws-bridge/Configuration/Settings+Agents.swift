import Bridge
import GWS

extension Settings {
    /// The agents of `agent`, or of the agents file; of either one, never of both.
    ///
    /// - Parameter reading: how their files are read.
    func agents(
        reading: @escaping AgentsFile.Reading = AgentsFile.read
    ) throws(ConfigurationError) -> [AgentConfiguration] {
        switch (text("agent"), text("agents-file")) {
        case (nil, nil):
            throw ConfigurationError(
                "agent: is not set; give one agent by agent and agent-password-file, or agents-file")
        case (.some, .some):
            throw ConfigurationError(
                at: origin("agent"), "agent", "is set beside agents-file; give one of them")
        case (nil, let path?):
            return try AgentsFile(path: path, environment: environment, reading: reading).agents
        case (let name?, nil):
            let password = try agentPassword(reading)
            return [
                AgentConfiguration(AgentCredentials(agent: name, userName: name, password: password))
            ]
        }
    }

    private func agentPassword(_ reading: AgentsFile.Reading) throws(ConfigurationError) -> String {
        switch (text("agent-password"), text("agent-password-file")) {
        case (nil, nil): throw ConfigurationError("agent-password-file: is not set, nor is agent-password")
        case (.some, .some):
            let reason = "is set beside agent-password-file; give one of them"
            throw ConfigurationError(at: origin("agent-password"), "agent-password", reason)
        case (let password?, nil): return password
        case (nil, let path?): return try PasswordFile.read(path, reading: reading)
        }
    }
}
