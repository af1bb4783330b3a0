/// The telephones of the agents as they are now, for the switchboard to find.
struct Installation: Telephones {
    let agents: [String: AgentState]
    /// The agent to whom each number belongs.
    let agentByNumber: [String: String]

    func telephone(_ number: String) -> Telephone? {
        guard let agent = agentByNumber[number].flatMap({ agents[$0] }),
            let device = agent.device(number)
        else { return nil }
        return Telephone(
            agent: agent.name, number: number, forwardTo: device.forwardTo,
            refusesCalls: device.doNotDisturb, isPublic: device.telephonyNetwork == .public)
    }

    /// Looks at every agent: few supervise, and they come and go.
    func monitors(of number: String) -> [Monitor] {
        guard let target = agentByNumber[number].flatMap({ agents[$0] })?.device(number)?.id else {
            return []
        }
        var monitors: [Monitor] = []
        for agent in agents.values {
            for device in agent.devices {
                guard let monitoring = device.monitoring, monitoring.targetDeviceID == target else {
                    continue
                }
                monitors.append(Monitor(agent: agent.name, number: device.phoneNumber, monitoring))
            }
        }
        return monitors.sorted { $0.agent < $1.agent }
    }
}

extension AgentState {
    /// The device with that number.
    func device(_ number: String) -> DeviceModel? { devices.first { $0.phoneNumber == number } }
}

extension Simulator {
    var installation: Installation { Installation(agents: agents, agentByNumber: roster.byNumber) }
}
