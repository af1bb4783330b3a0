/// One agent: who it is, its device, and the calls at the device.
struct AgentState: Sendable {
    let name: String
    let password: String
    let userID: String
    let deviceID: String
    /// The ids of the calls that have a leg here which is not released, oldest first.
    var calls: [String] = []
    /// Whether a right password is refused all the same.
    var isRefused = false
    /// Whether the CometD handshake is refused by policy.
    var mayNotSubscribe = false

    init(_ agent: SimulatorConfiguration.Agent) {
        name = agent.name
        password = agent.password
        userID = Self.identifier("user " + agent.name)
        deviceID = Self.identifier("device " + agent.name)
    }

    /// The agent's own directory number: its name.
    var phoneNumber: String { name }

    /// Ids outlive a restart of the real server, so they are made from the name.
    private static func identifier(_ seed: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in seed.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let other = hash &* 0x9e37_79b9_7f4a_7c15
        let digits = (hexadecimal(hash) + hexadecimal(other)).map { $0 }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return groups.joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
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

    func device(baseURL: String) -> JSON {
        [
            "id": .string(deviceID),
            "deviceState": "Active",
            "userState": [
                "id": "9430250E-0A1B-421F-B372-F29E69366DED", "displayName": "Ready", "state": "Ready",
            ],
            "phoneNumber": .string(phoneNumber),
            "e164Number": "",
            "telephonyNetwork": "Private",
            "doNotDisturb": "Off",
            "voiceEnvironmentUri": .string(
                "\(baseURL)/voice-environments/2f9b4f4e-0a54-4c9a-8d0a-3a1d9c1f6f01"),
            "capabilities": ["ForwardCallsOn", "DoNotDisturbOn"],
            "channels": ["voice"],
            "dynamicPhoneNumber": "",
        ]
    }

    static func features(mayRecord: Bool, baseURL: String) -> JSON {
        .array(
            (["api-voice", "api-voice-outbound"] + (mayRecord ? ["api-voice-recording"] : [])).map { id in
                [
                    "id": .string(id), "displayName": .string(id), "description": "",
                    "autoAssignOnContactCenterCreate": false, "uri": .string("\(baseURL)/features/\(id)"),
                    "path": .string("/features/\(id)"),
                ]
            })
    }
}
