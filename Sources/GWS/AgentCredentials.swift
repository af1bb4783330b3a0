import Foundation

/// Who an agent is: to those who send commands, and to GWS.
public struct AgentCredentials: Sendable, Hashable {
    /// The name in commands and headers.
    public let agent: String
    public let userName: String
    let password: String

    public init(agent: String, userName: String, password: String) {
        self.agent = agent
        self.userName = userName
        self.password = password
    }

    var basicAuthorization: String {
        "Basic " + Data("\(userName):\(password)".utf8).base64EncodedString()
    }
}

extension AgentCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { agent }
    public var debugDescription: String { agent }

    /// So that `dump` and interpolation of what holds it show no password either.
    public var customMirror: Mirror { Mirror(self, children: ["agent": agent, "userName": userName]) }
}
