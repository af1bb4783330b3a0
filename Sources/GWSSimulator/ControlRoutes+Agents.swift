extension Simulator {
    /// The rows about agents, their devices and what serves them; nil if it is none of these.
    func controlAgents(_ request: Received, _ segments: [String], _ control: Control) throws -> Answer? {
        guard request.method == "POST", segments.count == 1 else { return nil }
        switch segments[0] {
        case "agents":
            let agent = try SimulatorConfiguration.Agent(control)
            if let taken = taken(by: agent) { throw SimulatorError.taken(taken) }
            add(agent)
        case "device":
            try operateDevice(
                try control.neededObject("operation").serialized, of: try control.needed("agent"),
                number: try control.text("number"))
        case "features":
            guard let missing = try control.features("missing") else {
                throw Control.Mistake.missing("missing")
            }
            try setMissingFeatures(missing, of: try control.needed("agent"))
        case "passwords":
            try changePassword(of: try control.needed("agent"), to: try control.needed("password"))
        case "services":
            try setService(
                try control.needed("type"),
                isActive: try control.needed("state", of: ["Active", "Inactive"]) == "Active")
        case "errors":
            try tellError(
                try control.text("message"), to: try control.needed("agent"),
                call: try control.text("callId"))
        default: return nil
        }
        return .done
    }

    /// The agent's name, or one of its numbers, if it is another's already.
    private func taken(by agent: SimulatorConfiguration.Agent) -> String? {
        guard agents[agent.name] == nil else { return agent.name }
        let numbers = agent.numbers.isEmpty ? [agent.name] : agent.numbers
        return numbers.first { roster.byNumber[$0] != nil }
    }
}

extension Control {
    fileprivate func features(_ name: String) throws -> Set<String>? {
        guard let features = try texts(name) else { return nil }
        guard features.allSatisfy(SimulatorConfiguration.allFeatures.contains) else {
            throw Mistake.wrong(
                name, "an array of " + SimulatorConfiguration.allFeatures.joined(separator: ", "))
        }
        return Set(features)
    }
}

extension SimulatorConfiguration.Agent {
    fileprivate init(_ control: Control) throws {
        self.init(try control.needed("name"), password: try control.needed("password"))
        numbers = try control.texts("numbers") ?? []
        guard Set(numbers).count == numbers.count else {
            throw Control.Mistake.wrong("numbers", "an array of different numbers")
        }
        isInPublicNetwork = try control.flag("publicNetwork", else: false)
        isLoggedIn = try control.flag("loggedIn", else: true)
        missingFeatures = try control.features("missingFeatures") ?? []
    }
}
