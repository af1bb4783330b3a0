// Operations on devices and on the voice channel, and what the agents' sessions are told of them.

extension Simulator {
    /// A POST to a device.
    func operate(on device: DeviceModel, _ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        let operation = try DeviceOperation(body: body)
        if case .monitor(let monitoring) = operation, agent.maySupervise,
            self.device(monitoring.targetDeviceID) == nil
        {
            throw .noSuchDevice(monitoring.targetDeviceID)
        }
        var changed = device
        try changed.perform(operation, maySupervise: agent.maySupervise)
        keep([changed], of: agent.name)
        if device.monitoring != changed.monitoring { beginMonitoring(by: changed, of: agent.name) }
        return .accepted
    }

    /// A POST to the voice channel. The agent is in one state at all its devices.
    func operateOnVoiceChannel(_ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        let operation = try VoiceOperation(body: body, states: agentStates)
        var present = agent.devices.filter { !$0.userState.isLoggedOut }
        guard !present.isEmpty else { throw .notAllowedNow(operation.name) }
        for index in present.indices { try present[index].perform(operation) }
        keep(present, of: agent.name)
        return .accepted
    }

    /// What the agents may be in: the product's states, and the site's own.
    var agentStates: [AgentStateSetting] { AgentStateSetting.system + configuration.agentStates }

    /// What happens at an agent's device without GWS having been asked, by its telephone or its desktop: an
    /// operation's body as it is posted to a device or to the voice channel.
    public func operateDevice(_ body: String, of agent: String, number: String? = nil) throws {
        guard let state = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        let json = try Self.parse(body) ?? [:]
        let isAgentState = agentStates.contains { $0.operationName == json["operationName"]?.string }
        if isAgentState {
            _ = try operateOnVoiceChannel(json, by: state)
        } else {
            guard let device = state.devices.first(where: { number == nil || $0.phoneNumber == number })
            else { throw SimulatorError.noSuchDevice(number ?? "") }
            _ = try operate(on: device, json, by: state)
        }
    }

    /// Puts the devices in place of those with their ids, and tells the agent's sessions of all that it has.
    func keep(_ devices: [DeviceModel], of agent: String, at time: Int64 = Timestamp.now) {
        guard let state = agents[agent] else { return }
        agents[agent]!.devices = state.devices.map { old in devices.first { $0.id == old.id } ?? old }
        tellDevices(of: agent, at: time)
    }

    /// What a device has become: all devices of its agent, as GWS tells it.
    func tellDevices(of agent: String, at time: Int64 = Timestamp.now) {
        guard let state = agents[agent] else { return }
        let type = "DeviceStateChangeMessage"
        let data: [JSON.Member] = [
            .init("devices", state.resources(baseURL: apiURL)), .init("messageType", .string(type)),
        ]
        tell(agent, data + metrics(at: time), on: "/v2/me/devices", type: type)
    }
}

extension Simulator {
    /// Says that something failed after it had been accepted: of a device or, if there is a call, of that.
    ///
    /// - Parameter message: nil for an error without any detail, as the real server was seen to send.
    public func tellError(_ message: String? = nil, to agent: String, call: String? = nil) throws {
        guard let state = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        if let call, switchboard.leg(call, of: agent) == nil { throw SimulatorError.noSuchCall(call) }
        tellError(message, of: state, device: state.device, call: call)
    }

    func tellError(_ message: String?, of agent: AgentState, device: DeviceModel, call: String? = nil) {
        var data: [JSON.Member] = [.init("messageType", "ErrorMessage")]
        if let message { data.append(.init("errorMessage", .string(message))) }
        data += metrics(processingTime: -1)
        if let call {
            data.append(.init("callPath", .string("/calls/\(call)")))
            data.append(.init("callUri", .string("\(apiURL)/me/calls/\(call)")))
        }
        data.append(.init("devicePath", .string("/devices/\(device.id)")))
        data.append(.init("deviceUri", .string("\(apiURL)/devices/\(device.id)")))
        tell(
            agent.name, data, on: call == nil ? "/v2/me/devices" : "/v2/me/calls", callID: call,
            type: "ErrorMessage")
    }
}
