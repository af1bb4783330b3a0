extension Simulator {
    /// A POST to a call.
    func operate(onCall id: String, _ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        let operation = try CallOperation(body: body)
        guard agent.calls.contains(id), calls[id] != nil else { throw .noSuchCall(id) }
        let effects = try calls[id]!.perform(
            operation, for: agent.name, mayRecord: agent.mayRecord, at: Timestamp.now)
        carryOut(effects, of: id)
        return .accepted
    }

    /// A POST to the calls of a device: a new call.
    func dial(from device: DeviceModel, _ body: JSON, by agent: AgentState) throws(Refusal) -> Answer {
        throw .notSimulated("Dial")
    }
}
