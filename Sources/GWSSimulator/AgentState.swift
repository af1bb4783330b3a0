/// One agent: who it is, and its devices. Its calls are ``Switchboard``'s.
struct AgentState: Sendable {
    let name: String
    var password: String
    let userID: String
    /// At least one; the first is where calls ring that are for the agent.
    var devices: [DeviceModel]
    /// The ids of the features that are assigned to it.
    var features: Set<String>
    /// Whether its session has channels other than voice.
    var hasMultimedia = false
    /// Whether a right password is refused all the same.
    var isRefused = false
    /// Whether the CometD handshake is refused by policy.
    var mayNotSubscribe = false

    init(_ agent: SimulatorConfiguration.Agent, features: Set<String>) {
        name = agent.name
        password = agent.password
        userID = Identifier.stable("user " + agent.name)
        self.features = features.subtracting(agent.missingFeatures)
        let numbers = agent.numbers.isEmpty ? [agent.name] : agent.numbers
        devices = numbers.enumerated().map { index, number in
            DeviceModel(
                id: Identifier.stable(index == 0 ? "device \(agent.name)" : "device \(agent.name) \(number)"),
                phoneNumber: number, telephonyNetwork: agent.isInPublicNetwork ? .public : .private,
                userState: agent.isLoggedIn ? .ready : .loggedOut)
        }
    }

    var device: DeviceModel {
        get { devices[0] }
        set { devices[0] = newValue }
    }

    var deviceID: String { device.id }
    /// The directory number of its first device.
    var phoneNumber: String { device.phoneNumber }

    var maySupervise: Bool { features.contains("api-supervisor-monitoring") }
}

extension AgentState {
    func user(baseURL: String, subresources: [JSON.Member] = []) -> JSON {
        .object(
            [
                .init("id", .string(userID)),
                .init("userName", .string(name)),
                .init("firstName", "Agent"),
                .init("lastName", .string(name)),
                .init("emailAddress", .string("\(name)@example.com")),
                .init("roles", ["ROLE_AGENT"]),
                .init("enabled", true),
                .init("changePasswordOnFirstLogin", false),
                .init("contactCenterId", "6b1f2bb0-6b3c-4a5e-9d1c-0d8f8c1f2a10"),
                .init("uri", .string("\(baseURL)/users/\(userID)")),
                .init("path", .string("/users/\(userID)")),
            ] + subresources)
    }

    func resources(baseURL: String) -> JSON {
        .array(devices.map { $0.resource(baseURL: baseURL, maySupervise: maySupervise) })
    }

    func featureResources(baseURL: String) -> [(id: String, json: JSON)] {
        SimulatorConfiguration.allFeatures.filter(features.contains).map { id in
            let resource: JSON = [
                "id": .string(id), "displayName": .string(id), "description": "",
                "autoAssignOnContactCenterCreate": false, "uri": .string("\(baseURL)/features/\(id)"),
                "path": .string("/features/\(id)"),
            ]
            return (id, resource)
        }
    }
}
