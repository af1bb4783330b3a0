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

    // The ids are constants of the product: the same in ten years of documentation and on a live system.
    package static let ready = UserState(
        id: "9430250E-0A1B-421F-B372-F29E69366DED", displayName: "Ready", state: "Ready")
    package static let notReady = UserState(
        id: "900D55CC-2BB0-431F-8BF9-D3525B383BE6", displayName: "Not Ready", state: "NotReady")
    package static let afterCallWork = UserState(
        id: "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF", displayName: "After Call Work", state: "NotReady",
        workMode: "AfterCallWork")
    package static let auxWork = UserState(
        id: "2B36138D-C564-4562-A8CB-3C32D564F296", displayName: "Auxiliary Work", state: "NotReady",
        workMode: "AuxWork")
    package static let loggedOut = UserState(
        id: "0F7F5003-EF26-4D13-A6EF-D0C7EC819BEB", displayName: "Offline", state: "LoggedOut")
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
