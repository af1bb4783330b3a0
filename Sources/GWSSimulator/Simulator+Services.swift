// The back ends, and what fails without them.

extension Simulator {
    /// Lets a back end (`Voice`, `MultiMediaState`, ...) go, or come back; every agent's sessions are told.
    public func setService(_ type: String, isActive: Bool) throws {
        guard let index = services.firstIndex(where: { $0.kind.rawValue == type }) else {
            throw SimulatorError.noSuchService(type)
        }
        services[index].isActive = isActive
        var data: [JSON.Member] = [
            .init("services", [services[index].resource(baseURL: apiURL)]),
            // The name is chosen like its siblings': the page that has it could not be read.
            .init("messageType", "ServiceStateChangeMessage"),
        ]
        if configuration.sendsMetrics { data.append(.init("metrics", Self.metrics(at: Timestamp.now))) }
        for agent in agentNames {
            emit(
                JSON.object(data).serialized, on: "/notifications/services", to: agent, callID: nil,
                type: "ServiceStateChangeMessage")
        }
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
