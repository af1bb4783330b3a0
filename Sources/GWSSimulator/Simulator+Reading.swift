// What GET requests return.

extension Simulator {
    func read(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        let segments = request.path.split(separator: "/").dropFirst(2).map(String.init)
        let wantsFields = request.query["fields"] != nil
        switch (segments.first, segments.dropFirst().first, segments.count) {
        case ("me", nil, 1):
            return .resource("user", agent.user(baseURL: apiURL, subresources: subresources(request, agent)))
        case ("me", "calls", 2):
            return wantsFields
                ? .resource("calls", resources(of: agent)) : .resource("uris", callURIs(of: agent))
        case ("me", "calls", 3):
            guard let call = calls[segments[2]], let resource = resource(call, for: agent),
                agent.calls.contains(call.id)
            else { throw .noSuchCall(segments[2]) }
            return .resource("call", resource)
        case ("me", "devices", 2):
            return wantsFields
                ? .resource("devices", agent.resources(baseURL: apiURL))
                : .resource("uris", .array(agent.devices.map { .string("\(apiURL)/me/devices/\($0.id)") }))
        case ("me", "devices", 3):
            guard let device = agent.devices.first(where: { $0.id == segments[2] }) else {
                throw .noSuchResource(request.path)
            }
            return .resource("device", device.resource(baseURL: apiURL, maySupervise: agent.maySupervise))
        case ("me", "channels", 2): return .resource("channels", Self.channels)
        case ("services", nil, 1): return services(wantsFields)
        default: throw .noSuchResource(request.path)
        }
    }

    private func subresources(_ request: Received, _ agent: AgentState) -> [JSON.Member] {
        guard let wanted = request.query["subresources"]?.split(separator: ",") else { return [] }
        let all: [(String, JSON)] = [
            ("devices", agent.resources(baseURL: apiURL)),
            ("calls", resources(of: agent)),
            ("channels", Self.channels),
            ("features", agent.featureResources(baseURL: apiURL)),
        ]
        return all.filter { wanted.contains("*") || wanted.contains($0.0[...]) }.map {
            JSON.Member($0.0, $0.1)
        }
    }

    private func resources(of agent: AgentState) -> JSON {
        .array(agent.calls.compactMap { calls[$0].flatMap { resource($0, for: agent) } })
    }

    private func callURIs(of agent: AgentState) -> JSON {
        .array(agent.calls.map { .string("\(apiURL)/me/calls/\($0)") })
    }

    func resource(_ call: CallModel, for agent: AgentState) -> JSON? {
        guard let party = call.party(of: agent.name) else { return nil }
        return call.resource(
            for: party, deviceID: agent.deviceID, baseURL: apiURL, mayRecord: agent.mayRecord,
            at: Timestamp.now)
    }

    private static let channels: JSON = [["name": "voice", "state": "Ready"]]

    private func services(_ wantsFields: Bool) -> Answer {
        let services: [(id: String, type: String)] = [("provisioning", "Provisioning"), ("voice", "Voice")]
        guard wantsFields else {
            return .resource("uris", .array(services.map { .string("\(apiURL)/services/\($0.id)") }))
        }
        return .resource(
            "services",
            .array(
                services.map { service in
                    [
                        "id": .string(service.id), "name": .string(service.type),
                        "type": .string(service.type),
                        "state": "Active", "uri": .string("\(apiURL)/services/\(service.id)"),
                        "path": .string("/services/\(service.id)"),
                    ]
                }))
    }
}
