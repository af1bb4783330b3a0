public import GWS

/// An agent whose session the bridge runs.
public struct AgentConfiguration: Sendable, Hashable {
    public var credentials: AgentCredentials
    public var login: Login

    public init(_ credentials: AgentCredentials, login: Login = .observe) {
        self.credentials = credentials
        self.login = login
    }

    /// The name in commands and headers.
    public var name: String { credentials.agent }

    /// Who logs the agent in at the contact centre.
    public enum Login: Sendable, Hashable {
        /// The agent's own desktop. The bridge never logs the agent in or out.
        case observe
        /// The bridge, when the session has begun; and it logs the agent out when it stops.
        case start(ContactCenterOptions)
    }
}
