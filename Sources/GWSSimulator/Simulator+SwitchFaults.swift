// What goes wrong between GWS and the switch.

extension Simulator {
    /// Answers in place of GWS when the fault is the switch's.
    func failInSwitch(_ fault: Fault, by agent: AgentState?, _ request: Received) async -> Answer? {
        guard let agent else { return nil }
        let device = device(of: agent, in: request)
        switch fault.action {
        case .deviceNotRegistered:
            tellError(nil, of: agent, device: device)
            // As it was seen: the error had come before the reply that says the same and more.
            try? await Task.sleep(for: .milliseconds(4))
            return answer(.deviceNotRegistered(device.phoneNumber), to: request, by: agent)
        case .voiceServiceUnavailable: return answer(.voiceServiceUnavailable, to: request, by: agent)
        case .delay, .delayUpTo, .park, .answer, .cut, .hang, .half, .failLater, .ignore: return nil
        }
    }

    /// GWS does its part, refuses what it sees to be wrong, and accepts the rest; then the switch fails to do it. What
    /// was done is taken back, and nobody was told of it.
    ///
    /// - Parameter isTold: Whether the agent hears that it failed, of a message if there is one.
    func operateInVain(
        _ request: Received, _ session: HTTPSessions.Session, isTold: Bool, because message: String? = nil
    ) throws(Refusal) -> Answer {
        let before = (agents: agents, switchboard: switchboard, httpSessions: httpSessions)
        let answer: Answer
        do {
            isSwitchFailing = true
            defer {
                (agents, switchboard, httpSessions) = before
                isSwitchFailing = false
            }
            answer = try operate(request, session)
        }
        guard isTold, let agent = agents[session.agent] else { return answer }
        tellError(message, of: agent, device: device(of: agent, in: request), call: request.callID)
        return answer
    }

    /// The one that the path names, else the agent's first.
    private func device(of agent: AgentState, in request: Received) -> DeviceModel {
        agent.devices.first { request.path.contains($0.id) } ?? agent.device
    }

    /// The refusal; but a session's other channels do without the switch.
    private func answer(_ refusal: Refusal, to request: Received, by agent: AgentState) -> Answer {
        guard request.path == "/api/v2/me", let body = try? JSON(parsing: request.body),
            case .start(let channels, _) = try? SessionOperation(body: body),
            let partialSuccess = start(channels, without: refusal).partialSuccess
        else { return .refusal(refusal) }
        agents[agent.name]?.hasMultimedia = true
        return .json(partialSuccess)
    }
}
