// What GET requests return.

extension Simulator {
    func read(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        guard let segments = request.resource, let first = segments.first else {
            throw .noSuchResource(request.path)
        }
        let rest = Array(segments.dropFirst())
        let answer: Answer? =
            switch first {
            case "me":
                rest.isEmpty
                    ? .resource(
                        "user", agent.user(baseURL: apiURL, subresources: subresources(request, agent)))
                    : try readOwn(rest, request, agent)
            case "devices": readDevice(rest)
            case "features", "services", "contacts", "groups", "workbins", "users":
                read(rest, of: directory(first, for: agent), request)
            case "settings" where rest == ["agent-states"]:
                .resource("settings", .array(agentStates.map(\.resource)))
            default: nil
            }
        guard let answer else { throw .noSuchResource(request.path) }
        return answer
    }

    /// What is below `me`.
    private func readOwn(
        _ segments: [String], _ request: Received, _ agent: AgentState
    ) throws(Refusal) -> Answer? {
        if segments.count == 2, segments[0] == "calls" {
            guard let leg = switchboard.leg(segments[1], of: agent.name) else {
                throw .noSuchCall(segments[1])
            }
            return .resource("call", resource(leg, for: agent))
        }
        if segments.count > 1, segments[0] == "devices" {
            guard agent.devices.contains(where: { $0.id == segments[1] }) else {
                throw .noSuchDevice(segments[1])
            }
            if segments.count > 2 { return readDevice(Array(segments.dropFirst())) }
        }
        guard let collection = collections(of: agent).first(where: { $0.name == segments[0] }) else {
            return nil
        }
        return read(Array(segments.dropFirst()), of: collection, request)
    }

    private func subresources(_ request: Received, _ agent: AgentState) -> [JSON.Member] {
        guard let wanted = request.query["subresources"]?.split(separator: ",") else { return [] }
        return collections(of: agent)
            .filter { wanted.contains("*") || wanted.contains($0.name[...]) }
            .map { JSON.Member($0.name, .array($0.resources.map(\.json))) }
    }

    /// A device, whoever's it is: supervisors are given the URIs of others'.
    private func readDevice(_ segments: [String]) -> Answer? {
        guard let id = segments.first, let owner = roster.byDevice[id].flatMap({ agents[$0] }),
            let device = owner.devices.first(where: { $0.id == id })
        else { return nil }
        switch Array(segments.dropFirst()) {
        case []:
            return .resource("device", device.resource(baseURL: apiURL, maySupervise: owner.maySupervise))
        case ["settings", "tserver"]:
            let settings: JSON = [["name": "sip-cti-control", "value": "talk,hold"]]
            return .json(["statusCode": 0, "settings": settings, "key": "name"])
        default: return nil
        }
    }
}

extension Simulator {
    /// Resources of one kind, each with its id.
    private struct Collection {
        let name: String
        /// Where its resources' URIs begin.
        let uri: String
        let resources: [(id: String, json: JSON)]

        /// As GWS names one of them.
        var singular: String { String(name.dropLast()) }
    }

    /// The rules for all: without `fields` a collection is the URIs of its resources, with it these themselves, under
    /// the collection's name; one resource is under its name in the singular.
    private func read(_ segments: [String], of collection: Collection, _ request: Received) -> Answer? {
        switch segments.count {
        case 0 where request.query["fields"] != nil:
            return .resource(collection.name, .array(collection.resources.map(\.json)))
        case 0:
            return .resource(
                "uris", .array(collection.resources.map { .string("\(collection.uri)/\($0.id)") }))
        case 1:
            return collection.resources.first { $0.id == segments[0] }
                .map { .resource(collection.singular, $0.json) }
        default: return nil
        }
    }

    private func collections(of agent: AgentState) -> [Collection] {
        let calls = switchboard.legs(of: agent.name).map { (id: $0.id, json: resource($0, for: agent)) }
        let devices = agent.devices.map { device in
            (
                id: device.id,
                json: device.resource(baseURL: apiURL, maySupervise: agent.maySupervise)
            )
        }
        let features = agent.featureResources(baseURL: apiURL)
        return [
            Collection(name: "devices", uri: "\(apiURL)/me/devices", resources: devices),
            Collection(name: "calls", uri: "\(apiURL)/me/calls", resources: calls),
            Collection(name: "channels", uri: "\(apiURL)/me/channels", resources: channels(of: agent)),
            Collection(name: "features", uri: "\(apiURL)/features", resources: features),
            Collection(name: "settings", uri: "\(apiURL)/me/settings", resources: []),
            Collection(name: "interactions", uri: "\(apiURL)/me/interactions", resources: []),
            Collection(name: "chats", uri: "\(apiURL)/me/chats", resources: []),
        ]
    }

    private func channels(of agent: AgentState) -> [(id: String, json: JSON)] {
        let state = agent.device.userState
        let voice: JSON = [
            "name": "voice", "state": .string(state.state), "userState": state.resource,
            "uri": .string("\(apiURL)/me/channels/voice"), "path": "/channels/voice",
        ]
        guard agent.hasMultimedia else { return [("voice", voice)] }
        let multimedia: JSON = [
            "name": "multimedia", "state": "Ready", "uri": .string("\(apiURL)/me/channels/multimedia"),
            "path": "/channels/multimedia",
        ]
        return [("voice", voice), ("multimedia", multimedia)]
    }

    /// What is not one agent's. There are no groups and workbins, but who asks for them finds none.
    private func directory(_ name: String, for agent: AgentState) -> Collection {
        let resources: [(id: String, json: JSON)] =
            switch name {
            case "features": agent.featureResources(baseURL: apiURL)
            case "services": services.map { ($0.id, $0.resource(baseURL: apiURL)) }
            case "contacts", "users":
                roster.names.compactMap { agents[$0] }.map { ($0.userID, $0.user(baseURL: apiURL)) }
            default: []
            }
        return Collection(name: name, uri: "\(apiURL)/\(name)", resources: resources)
    }
}
