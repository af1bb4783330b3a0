// Logging agents in and out, as `POST /me` does.

extension Simulator {
    func operateOnMe(
        _ body: JSON, by agent: AgentState, _ session: HTTPSessions.Session
    ) throws(Refusal) -> Answer {
        switch try SessionOperation(body: body) {
        case .start(let channels, let devicePath):
            return try start(channels, at: devicePath, by: agent)
        case .end:
            endContactCenterSession(of: agent)
            // With it goes the HTTP session: what is asked with its cookie after this is nobody's.
            httpSessions.remove(session.id)
            return .accepted
        }
    }

    private func start(
        _ channels: [String], at devicePath: String?, by agent: AgentState
    ) throws(Refusal) -> Answer {
        var devices = agent.devices
        if let devicePath {
            devices = devices.filter { devicePath == "/devices/\($0.id)" }
            guard !devices.isEmpty else { throw .noSuchDevice(devicePath) }
        }
        let start = start(channels, without: voiceRefusal(for: agent))
        guard let first = start.succeeded.first else { throw start.failed[0].refusal }
        agents[agent.name]!.hasMultimedia = first != "voice" || start.succeeded.count > 1
        if start.hasVoice { logIn(devices, of: agent.name) }
        return start.partialSuccess.map { Answer.json($0) } ?? .accepted
    }

    /// - Parameter refusal: Why there is no voice; nil if there is.
    func start(_ channels: [String], without refusal: Refusal?) -> SessionStart {
        SessionStart(
            channels: channels, voice: refusal,
            multimedia: isActive(.multimediaState) ? nil : .interactionServerUnavailable)
    }

    /// Two messages, of one instant as was seen: the login, and the state in which the site's agents begin.
    private func logIn(_ devices: [DeviceModel], of agent: String) {
        let now = Timestamp.now
        for state in [UserState.loggedIn, configuration.beginsReady ? .ready : .notReady] {
            keep(
                devices.map { device in
                    var device = device
                    device.userState = state
                    return device
                }, of: agent, at: now)
        }
    }

    /// CometD notices an expired session when it looks, not when it expires.
    func forgetExpiredClients() {
        for client in cometD.expired(at: .now) {
            let name = cometD.sessions[client]?.agent
            forget(client)
            guard configuration.logsOutLostAgents, let name, cometD.clients(of: name).isEmpty,
                let agent = agents[name]
            else { continue }
            endContactCenterSession(of: agent)
        }
    }

    private func endContactCenterSession(of agent: AgentState) {
        agents[agent.name]!.hasMultimedia = false
        keep(
            agent.devices.map { device in
                var device = device
                device.logOut()
                return device
            }, of: agent.name)
    }
}
