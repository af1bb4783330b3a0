/// An agent's state on the voice channel, as a device's resource shows it.
package struct UserState: Sendable, Hashable {
    /// Nil only while a login is under way.
    package var id: String?
    package var displayName: String?
    package var state: String
    package var workMode: String?
    package var reason: String?

    package init(
        id: String? = nil, displayName: String? = nil, state: String, workMode: String? = nil,
        reason: String? = nil
    ) {
        self.id = id
        self.displayName = displayName
        self.state = state
        self.workMode = workMode
        self.reason = reason
    }

    package static let ready = AgentStateSetting.ready.userState
    package static let notReady = AgentStateSetting.notReady.userState
    package static let loggedOut = AgentStateSetting.offline.userState
    /// Between a login and the first state; as seen, without an id and a name.
    package static let loggedIn = UserState(state: "LoggedIn")

    package var isLoggedOut: Bool { state == "LoggedOut" }

    package var resource: JSON {
        let members: [(String, String?)] = [
            ("id", id), ("displayName", displayName), ("state", state), ("workMode", workMode),
            ("reason", reason),
        ]
        return .object(members.compactMap { name, value in value.map { JSON.Member(name, .string($0)) } })
    }
}
