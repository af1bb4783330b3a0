/// A state that an agent may take on the voice channel, as `GET /settings/agent-states` lists it.
public struct AgentStateSetting: Sendable, Hashable {
    public var id: String
    /// What is posted to take it.
    public var operationName: String
    public var displayName: String
    /// `Ready`, `NotReady` or `Logout`.
    public var state: String
    public var workMode: String?
    /// What the device's resource shows as the reason; only a site's own states have one.
    public var reason: String?

    public init(
        id: String, operationName: String, displayName: String, state: String, workMode: String? = nil,
        reason: String? = nil
    ) {
        self.id = id
        self.operationName = operationName
        self.displayName = displayName
        self.state = state
        self.workMode = workMode
        self.reason = reason
    }

    // The ids are constants of the product: the same in ten years of documentation and on a live system.
    public static let ready = Self(
        id: "9430250E-0A1B-421F-B372-F29E69366DED", operationName: "Ready", displayName: "Ready",
        state: "Ready")
    public static let notReady = Self(
        id: "900D55CC-2BB0-431F-8BF9-D3525B383BE6", operationName: "NotReady", displayName: "Not Ready",
        state: "NotReady")
    public static let afterCallWork = Self(
        id: "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF", operationName: "AfterCallWork",
        displayName: "After Call Work", state: "NotReady", workMode: "AfterCallWork")
    public static let auxWork = Self(
        id: "2B36138D-C564-4562-A8CB-3C32D564F296", operationName: "AuxWork",
        displayName: "Auxiliary Work", state: "NotReady", workMode: "AuxWork")
    public static let offline = Self(
        id: "0F7F5003-EF26-4D13-A6EF-D0C7EC819BEB", operationName: "Offline", displayName: "Offline",
        state: "Logout")

    /// A state of the site's own, as most have some: not ready, for a reason.
    public static func notReady(because reason: String) -> Self {
        Self(
            id: Identifier.stable("agent state " + reason).uppercased(), operationName: reason,
            displayName: reason, state: "NotReady", reason: reason)
    }

    /// Those of every site.
    public static let system = [ready, notReady, afterCallWork, auxWork, offline]

    /// What a device shows of an agent in it.
    var userState: UserState {
        UserState(
            id: id, displayName: displayName,
            // The setting says Logout, the device of one who has taken it LoggedOut.
            state: state == "Logout" ? "LoggedOut" : state, workMode: workMode, reason: reason)
    }

    var resource: JSON {
        var members: [JSON.Member] = [
            .init("id", .string(id)), .init("operationName", .string(operationName)),
            .init("displayName", .string(displayName)), .init("state", .string(state)),
        ]
        if let workMode { members.append(.init("workMode", .string(workMode))) }
        return .object(members)
    }
}
