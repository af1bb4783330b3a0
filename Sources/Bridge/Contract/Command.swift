package import GWS
internal import RawJSON

/// A command that was understood and may be sent: what to POST, in whose session, and in which lane.
package final class Command: Sendable {
    package let agent: String
    package let operation: OperationDraft
    /// Whether doing it twice is the same as doing it once. An operation that is not in the catalogue is not.
    package let isRepeatable: Bool
    /// What shows that it was done; nil where nothing does.
    package let change: StateChange?
    package let lane: Lane

    init(agent: String, operation: OperationDraft, isRepeatable: Bool, change: StateChange?, lane: Lane) {
        self.agent = agent
        self.operation = operation
        self.isRepeatable = isRepeatable
        self.change = change
        self.lane = lane
    }

    /// Commands of a lane run one after another: a lane a call for call operations, a lane for the devices of an agent,
    /// a lane an agent for the rest. The devices of an agent, mostly one, share theirs, for a command may leave out
    /// which it means.
    package enum Lane: Sendable, Hashable {
        case call(String)
        case devices(of: String)
        case agent(String)
    }
}

/// Reads commands: what the body and the routing key say, checked against the operation catalogue.
package struct CommandDecoder: Sendable {
    /// Bytes of a body.
    package static let largestBody = 64 * 1024
    /// Arrays and objects within each other.
    package static let greatestDepth = 32
    /// Bytes of a call's or a device's id.
    package static let longestID = 200

    /// The agents that this bridge serves.
    package let agents: Set<String>
    /// Operations that are let through unchecked, whether the catalogue knows them or not.
    package let allowedUnknown: Set<String>
    package let permissions: Permissions

    package init(
        agents: Set<String>, allowedUnknown: Set<String> = [], permissions: Permissions = Permissions()
    ) {
        self.agents = agents
        self.allowedUnknown = allowedUnknown
        self.permissions = permissions
    }

    /// - Parameter userID: who sent it, as the broker vouches; nil if it does not.
    /// - Returns: who is meant as far as it is legible, and the command or why it is rejected.
    package func decode(
        _ body: [UInt8], routingKey: String, userID: String?, traceparent: String? = nil,
        tracestate: String? = nil
    ) -> (Address, Result<Command, Rejection>) {
        var address = Address(routingKey: routingKey)
        do {
            let command = try decode(
                body, into: &address, userID: userID, trace: (traceparent, tracestate))
            return (address, .success(command))
        } catch {
            return (address, .failure(error))
        }
    }

    private func decode(
        _ body: [UInt8], into address: inout Address, userID: String?,
        trace: (parent: String?, state: String?)
    ) throws(Rejection) -> Command {
        let object = try Self.object(body)
        try address.read(from: object)

        // The routing key cannot stand in for the body here: the body is what GWS gets.
        guard object["operationName"] != nil, let name = address.operationName else {
            throw Rejection(.missingParameter, "The command names no operation.", field: "/operationName")
        }
        // A site whose GWS differs from its documentation may have an operation let through as it comes.
        let isUnchecked = allowedUnknown.contains(name)
        var definition = OperationCatalogue.named(name)
        if isUnchecked, definition?.target == .call, address.callID == nil { definition = nil }
        guard definition != nil || isUnchecked else {
            throw Rejection(
                .unknownOperation, "There is no operation of this name.", field: "/operationName")
        }
        let agent = try agent(for: &address)
        // Before anything is said of the rest: who may not do it learns nothing of how it is done.
        if let rejection = permissions.rejection(user: userID, operation: name, agent: agent) {
            throw rejection
        }
        let target = definition?.target ?? address.guessedTarget
        try address.check(for: target)
        if !isUnchecked { try definition?.check(object) }
        let operation = OperationDraft(
            name: name,
            path: definition?.path ?? target.path,
            callID: address.callID,
            deviceID: address.deviceID,
            object: object,
            parameters: definition?.parameters ?? [],
            // Whatever else such an operation may hold, it means the same.
            login: OperationCatalogue.named(name)?.login,
            trace: trace
        )
        try operation.check()
        return Command(
            agent: agent,
            operation: operation,
            isRepeatable: definition?.isRepeatable ?? false,
            change: isUnchecked ? nil : definition?.stateChange,
            lane: address.lane(of: target, agent: agent)
        )
    }

    private static func object(_ body: [UInt8]) throws(Rejection) -> RawJSON {
        guard body.count <= largestBody else {
            throw Rejection(.tooLarge, "The body has \(body.count) bytes, \(largestBody) is the most.")
        }
        let value: RawJSON
        do {
            value = try RawJSON(body, limits: .init(depth: greatestDepth))
        } catch {
            throw Rejection(.malformed, "The body is not a JSON object: \(error).")
        }
        guard value.kind == .object else {
            throw Rejection(.malformed, "The body is not a JSON object but of kind \(value.kind.rawValue).")
        }
        return value
    }

    private func agent(for address: inout Address) throws(Rejection) -> String {
        guard let agent = address.agent ?? (agents.count == 1 ? agents.first : nil) else {
            throw Rejection(
                .agentUnknown, "The command names no agent, and this bridge serves several.",
                field: "/agent")
        }
        address.agent = agent
        guard agents.contains(agent) else {
            throw Rejection(.agentUnknown, "This bridge does not serve the agent.", field: "/agent")
        }
        return agent
    }
}
