// The back ends, and what fails without them.

extension Simulator {
    /// Lets a back end (`Voice`, `MultiMediaState`, ...) go, or come back; every agent's sessions are told.
    public func setService(_ type: String, isActive: Bool) throws {
        guard let index = services.firstIndex(where: { $0.kind.rawValue == type }) else {
            throw SimulatorError.noSuchService(type)
        }
        services[index].isActive = isActive
        // The name is chosen like its siblings': the page that has it could not be read.
        let type = "ServiceStateChangeMessage"
        let data: [JSON.Member] = [
            .init("services", [services[index].resource(baseURL: apiURL)]),
            .init("messageType", .string(type)),
        ]
        for agent in roster.names { tell(agent, data + metrics(), on: "/notifications/services", type: type) }
    }

    func isActive(_ kind: ServiceModel.Kind) -> Bool {
        services.contains { $0.kind == kind && $0.isActive }
    }

    /// Why the agent can have nothing done by the switch; nil if it can.
    func voiceRefusal(for agent: AgentState) -> Refusal? {
        guard agent.features.contains("api-voice") else { return .featureMissing("api-voice") }
        return isActive(.voice) ? nil : .voiceServiceUnavailable
    }
}
