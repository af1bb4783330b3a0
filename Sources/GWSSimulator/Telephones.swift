/// What the switch finds when it looks for a number; everything else is outside, and takes every call.
package protocol Telephones {
    func telephone(_ number: String) -> Telephone?
    /// Those who watch the number now.
    func monitors(of number: String) -> [Monitor]
}

/// An agent's telephone, as far as calls to it go.
package struct Telephone: Sendable, Hashable {
    package var agent: String
    package var number: String
    package var forwardTo: String?
    package var refusesCalls: Bool
    /// In the public network a telephone cannot be made to answer.
    package var isPublic: Bool

    package init(
        agent: String, number: String, forwardTo: String? = nil, refusesCalls: Bool = false,
        isPublic: Bool = false
    ) {
        self.agent = agent
        self.number = number
        self.forwardTo = forwardTo
        self.refusesCalls = refusesCalls
        self.isPublic = isPublic
    }
}

/// A supervisor that watches somebody, and how.
package struct Monitor: Sendable, Hashable {
    package var agent: String
    package var number: String
    package var monitoring: DeviceModel.Monitoring

    package init(agent: String, number: String, _ monitoring: DeviceModel.Monitoring) {
        self.agent = agent
        self.number = number
        self.monitoring = monitoring
    }
}
