// What goes wrong between GWS and the switch.

extension Simulator {
    /// Answers in place of GWS when the fault is the switch's.
    func failInSwitch(_ fault: Fault, by agent: AgentState?, _ request: Received) async -> Answer? {
        guard let agent else { return nil }
        let device = agent.devices.first { request.path.contains($0.id) } ?? agent.device
        switch fault.action {
        case .deviceNotRegistered:
            tellError(nil, of: agent, device: device)
            // As it was seen: the error had come before the reply that says the same and more.
            try? await Task.sleep(for: .milliseconds(4))
            return .refusal(.deviceNotRegistered(device.phoneNumber))
        case .voiceServiceUnavailable: return .refusal(.voiceServiceUnavailable)
        case .failLater(let message):
            tellError(message, of: agent, device: device, call: request.callID)
            return .accepted
        case .delay, .answer, .cut, .hang, .half: return nil
        }
    }
}
