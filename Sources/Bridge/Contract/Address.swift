internal import GWS
internal import RawJSON

/// Whom and what a command is about, as far as it is legible.
package struct Address: Sendable, Hashable {
    package var agent: String?
    package var callID: String?
    package var deviceID: String?
    package var operationName: String?

    package init(
        agent: String? = nil, callID: String? = nil, deviceID: String? = nil, operationName: String? = nil
    ) {
        self.agent = agent
        self.callID = callID
        self.deviceID = deviceID
        self.operationName = operationName
    }

    /// What `command.<agent>.<operationName>` says. The body goes before it. Any other key says nothing.
    package init(routingKey: String) {
        guard let segments = RoutingKey.segments(of: routingKey), segments.count == 3,
            segments[0] == "command"
        else { return }
        agent = segments[1].isEmpty ? nil : segments[1]
        operationName = segments[2].isEmpty ? nil : segments[2]
    }

    /// The members of a command that are the bridge's and not GWS's.
    static let fields: Set<String> = ["agent", "callId", "deviceId"]

    /// Takes over what the body says, all that is legible before the first wrong type is complained of.
    mutating func read(from object: RawJSON) throws(Rejection) {
        var wrong: Rejection?
        func text(_ key: String) -> String? {
            guard let value = object[key] else { return nil }
            guard let text = value.string, !text.isEmpty else {
                wrong =
                    wrong
                    ?? Rejection(
                        .invalidParameter, "\(key) must be a string and not empty.", field: "/\(key)")
                return nil
            }
            return text
        }
        agent = text("agent") ?? agent
        callID = text("callId")
        deviceID = text("deviceId")
        operationName = text("operationName") ?? operationName
        if let wrong { throw wrong }
    }

    /// For an operation that is not in the catalogue: what the address names is what it is about.
    var guessedTarget: OperationDefinition.Target {
        callID != nil ? .call : deviceID != nil ? .device : .voiceChannel
    }

    func check(for target: OperationDefinition.Target) throws(Rejection) {
        if target == .call, callID == nil {
            throw Rejection(.missingParameter, "The operation needs a callId.", field: "/callId")
        }
        for (id, key) in [(callID, "callId"), (deviceID, "deviceId")] {
            if let id { try Self.checkLength(of: id, key) }
        }
    }

    /// Checks an id that stands in a command in place of a URI.
    static func check(_ value: RawJSON, _ key: String) throws(Rejection) {
        guard let id = value.string, !id.isEmpty else {
            throw Rejection(.invalidParameter, "\(key) must be a string and not empty.", field: "/\(key)")
        }
        try checkLength(of: id, key)
    }

    private static func checkLength(of id: String, _ key: String) throws(Rejection) {
        guard id.utf8.count <= CommandDecoder.longestID else {
            throw Rejection(
                .invalidParameter,
                "\(key) has \(id.utf8.count) bytes, \(CommandDecoder.longestID) is the most.",
                field: "/\(key)")
        }
    }

    func lane(of target: OperationDefinition.Target, agent: String) -> Command.Lane {
        switch target {
        case .call: callID.map(Command.Lane.call) ?? .agent(agent)
        case .device: .devices(of: agent)
        default: .agent(agent)
        }
    }
}
