// Operations on calls, and what the agents' sessions are told of them.

extension Simulator {
    /// A POST to a call.
    func operate(onCall id: String, _ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        let operation = try CallOperation(body: body)
        let effects = try switchboard.perform(
            operation, on: id, by: .agent(agent.name), features: agent.features, telephones: installation,
            at: Timestamp.now)
        carryOut(effects)
        return .accepted
    }

    /// A POST to the calls of a device: a new call, whose id only the notification says.
    func dial(from device: DeviceModel, _ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        let name = try body.operationName()
        guard name == "Dial" else { throw .unknownOperation(name) }
        let destination = try Destination(body: body)
        let begun = try switchboard.call(
            from: (agent.name, device.phoneNumber), to: destination.number, userData: destination.userData,
            telephones: installation, at: Timestamp.now)
        carryOut(begun.effects)
        return .accepted
    }

    /// A device has begun to watch another: it may come into calls that are under way.
    func beginMonitoring(by device: DeviceModel, of agent: String) {
        guard let monitoring = device.monitoring, let target = self.device(monitoring.targetDeviceID),
            let watched = roster.byDevice[target.id]
        else { return }
        carryOut(
            switchboard.begin(
                Monitor(agent: agent, number: device.phoneNumber, monitoring), of: target.phoneNumber,
                at: watched, at: Timestamp.now))
    }

    /// The call as GWS shows it to the agent.
    func resource(_ leg: Leg, for agent: AgentState) -> JSON {
        leg.resource(
            deviceID: agent.device(leg.party.number)?.id ?? agent.deviceID, baseURL: apiURL,
            features: agent.features, rules: switchboard.rules, at: Timestamp.now)
    }

    func carryOut(_ effects: [Switchboard.Effect]) {
        for effect in effects {
            switch effect {
            case .told(let type, let leg): tell(type, leg)
            case .failed(let name, let call):
                guard let agent = agents[name] else { continue }
                tellError(nil, of: agent, device: agent.device, call: call)
            case .monitoringEnded(let name, let number, let target):
                // It may watch somebody else by now.
                guard var device = agents[name]?.device(number), let monitoring = device.monitoring,
                    monitoring.mode == .nextCall, monitoring.targetDeviceID == target
                else { continue }
                device.monitoring = nil
                keep([device], of: name)
            }
        }
    }

    private func tell(_ type: Switchboard.NotificationType, _ leg: Leg) {
        guard let agent = leg.party.agent.flatMap({ agents[$0] }) else { return }
        var data: [JSON.Member] = [
            .init("notificationType", .string(type.rawValue)),
            .init("call", resource(leg, for: agent)),
            .init("phoneNumber", .string(leg.party.number)),
        ]
        if let extensions = leg.extensions(for: type) { data.append(.init("extensions", extensions)) }
        data.append(.init("messageType", "CallStateChangeMessage"))
        tell(agent.name, data + metrics(), on: "/v2/me/calls", callID: leg.id, type: type.rawValue)
    }
}
