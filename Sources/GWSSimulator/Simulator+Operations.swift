extension Simulator {
    /// A POST to the API, CometD's apart: finds what it acts on.
    func operate(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        guard request.method == "POST", let segments = request.resource, segments.first == "me" else {
            throw .noSuchResource(request.path)
        }
        let body: JSON
        do { body = try JSON(parsing: request.body) } catch { throw .notJSON }
        // What is asked of the agent's sessions says itself which channels it needs.
        if segments.count == 1 { return try operateOnMe(body, by: agent, session) }
        if let refusal = voiceRefusal(for: agent) { throw refusal }
        switch (segments[1], segments.count) {
        case ("calls", 3): return try operate(onCall: segments[2], body, by: agent)
        case ("devices", 3):
            return try operate(on: try Self.device(segments[2], of: agent), body, by: agent)
        case ("devices", 4) where segments[3] == "calls":
            return try dial(from: try Self.device(segments[2], of: agent), body, by: agent)
        case ("channels", 3) where segments[2] == "voice":
            return try operateOnVoiceChannel(body, by: agent)
        default: throw .noSuchResource(request.path)
        }
    }

    private static func device(_ id: String, of agent: AgentState) throws(Refusal) -> DeviceModel {
        guard let device = agent.devices.first(where: { $0.id == id }) else { throw .noSuchDevice(id) }
        return device
    }
}
