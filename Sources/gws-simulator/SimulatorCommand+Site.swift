import ArgumentParser
import GWSSimulator

extension SimulatorCommand {
    /// - Throws: if they are wrong.
    static func site(of arguments: [String]) throws -> SimulatorConfiguration { try parse(arguments).site }

    /// The site that the options describe.
    var site: SimulatorConfiguration {
        var site = SimulatorConfiguration(agents: simulated)
        site.host = host
        site.port = Int(port)
        site.requiresCSRFToken = csrf
        site.requiresCSRFTokenOfCometD = cometdCSRF
        site.hasLoadBalancer = balancer
        site.sessionTimeout = sessionTimeout.duration
        site.externalURL = externalURL?.text
        site.hold = hold.duration
        site.expiry = expiry.duration
        site.acknowledges = acknowledge
        site.missingFeatures = Set(missingFeatures.map(\.id))
        if !recording { site.mayRecord = false }
        site.agentStates = agentStates.map(AgentStateSetting.notReady(because:))
        site.beginsReady = ready
        site.logsOutLostAgents = logOutLost
        site.inactiveServices = Set(inactiveServices.map(\.type))
        site.calls.oldFormats = oldFormats
        site.calls.keepsConsultID = keepConsultID
        site.calls.ringsAtSupervisor = ringAtSupervisor
        site.calls.intrudes = intrude
        site.sendsMetrics = metrics
        if let replyOrder { site.replyOrder = replyOrder.order }
        site.notificationDelay = notificationDelay.duration
        site.traffic = Traffic(
            callsPerSecond: traffic.callsPerSecond, answerAfter: trafficAnswer.duration,
            endAfter: trafficCallLength.duration)
        site.journalLimit = journal
        return site
    }

    /// The agents with what the other options say of them.
    private var simulated: [SimulatorConfiguration.Agent] {
        (agents.isEmpty ? SimulatorConfiguration.someAgents : agents.map(\.agent)).map { agent in
            var agent = agent
            let further = devices.filter { $0.agent == agent.name }.map(\.number)
            if !further.isEmpty { agent.numbers = [agent.name] + further }
            agent.isLoggedIn = !loggedOut
            return agent
        }
    }

    /// What each option alone cannot see.
    func validate() throws {
        guard journal > 0 else { throw ValidationError("--journal must be more than 0.") }
        let names = simulated.map(\.name)
        for device in devices where !names.contains(device.agent) {
            throw ValidationError("--device: there is no agent '\(device.agent)'.")
        }
        if let name = Self.repeated(names) { throw ValidationError("--agent: '\(name)' is there twice.") }
        if let number = Self.repeated(names + devices.map(\.number)) {
            throw ValidationError("--device: the number '\(number)' is there twice.")
        }
        let states = (AgentStateSetting.system + agentStates.map(AgentStateSetting.notReady(because:)))
            .map(\.operationName)
        if let state = Self.repeated(states) {
            throw ValidationError("--agent-state: '\(state)' is there twice.")
        }
        if agentStates.contains("") { throw ValidationError("--agent-state must not be empty.") }
    }

    private static func repeated(_ texts: [String]) -> String? {
        var seen: Set<String> = []
        return texts.first { !seen.insert($0).inserted }
    }
}
