extension Simulator {
    /// A POST to the API, CometD's apart: finds what it acts on.
    func operate(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        let segments = request.path.split(separator: "/").dropFirst(2).map(String.init)
        guard request.method == "POST", segments.first == "me" else { throw .noSuchResource(request.path) }
        switch (segments.dropFirst().first, segments.count) {
        case ("calls", 3):
            return try operate(onCall: segments[2], try Self.body(of: request), by: agent)
        case ("devices", 4) where segments[3] == "calls":
            let device = try Self.device(segments[2], of: agent)
            return try dial(from: device, try Self.body(of: request), by: agent)
        default: throw .noSuchResource(request.path)
        }
    }

    private static func device(_ id: String, of agent: AgentState) throws(Refusal) -> DeviceModel {
        guard let device = agent.devices.first(where: { $0.id == id }) else { throw .noSuchDevice(id) }
        return device
    }

    private static func body(of request: Received) throws(Refusal) -> JSON {
        do { return try JSON(parsing: request.body) } catch { throw .notJSON }
    }
}
