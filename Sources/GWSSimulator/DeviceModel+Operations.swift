extension DeviceModel {
    /// Does what the agent asks, or says why not. Nothing has changed if it throws.
    package mutating func perform(_ operation: DeviceOperation, maySupervise: Bool) throws(Refusal) {
        if operation.isSupervision, !maySupervise { throw .featureMissing("api-supervisor-monitoring") }
        guard capabilities(maySupervise: maySupervise).contains(operation.name) else {
            throw .notAllowedNow(operation.name)
        }
        switch operation {
        case .forwardCallsOn(let number): forwardTo = number
        case .forwardCallsOff: forwardTo = nil
        case .doNotDisturbOn: doNotDisturb = true
        case .doNotDisturbOff: doNotDisturb = false
        case .monitor(let monitoring):
            guard monitoring.targetDeviceID != id else { throw .invalid("targetDeviceUri") }
            self.monitoring = monitoring
        case .cancelSupervisorMonitoring: monitoring = nil
        }
    }

    /// Takes the agent state. Who is logged out must begin a session first.
    package mutating func perform(_ operation: VoiceOperation) throws(Refusal) {
        guard deviceState == .active, !userState.isLoggedOut else { throw .notAllowedNow(operation.name) }
        if operation.userState.isLoggedOut { logOut() } else { userState = operation.userState }
    }

    /// The agent leaves: whom it watched it watches no more. What was set for callers stays set.
    package mutating func logOut() {
        userState = .loggedOut
        monitoring = nil
    }
}
