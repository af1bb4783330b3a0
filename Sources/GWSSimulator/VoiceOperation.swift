/// A change of the agent's state, read from the body of a POST to `/me/channels/voice`.
package struct VoiceOperation: Sendable, Hashable {
    package let name: String
    package let userState: UserState

    /// - Parameter states: Those of the site, its own included.
    package init(body: JSON, states: [AgentStateSetting] = AgentStateSetting.system) throws(Refusal) {
        let name = try body.operationName()
        guard let setting = states.first(where: { $0.operationName == name }) else {
            throw .unknownOperation(name)
        }
        self.name = name
        var userState = setting.userState
        switch setting {
        case .ready:
            if let workMode = body["workmode"] {
                guard let mode = workMode.string, ["ManualIn", "AutoIn"].contains(mode) else {
                    throw .invalid("workmode")
                }
                userState.workMode = mode
            }
        case .afterCallWork:
            // For the switch alone; nothing shows it.
            if let time = body["wrapUpTime"] {
                guard let digits = time.string, digits.isDigits else { throw .invalid("wrapUpTime") }
            }
        default: break
        }
        self.userState = userState
    }
}
