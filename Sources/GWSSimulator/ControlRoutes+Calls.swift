extension Simulator {
    /// The rows about calls: what is done at telephones; nil if it is none of these.
    func controlCalls(_ request: Received, _ segments: [String], _ control: Control) throws -> Answer? {
        let id = segments.count > 1 ? segments[1] : ""
        switch (request.method, segments.dropFirst(2).first, segments.count) {
        case ("GET", nil, 1): return .json(["calls": .array(currentCalls.map(Self.describe))])
        case ("POST", nil, 1): return .json(["callId": .string(try beginCall(control))])
        case ("GET", nil, 2):
            guard let call = call(id) else { throw SimulatorError.noSuchCall(id) }
            return .json(Self.describe(call))
        case ("POST", "answer", 3): try answer(call: id, party: try control.text("party"))
        case ("POST", "end", 3):
            guard call(id) != nil else { throw SimulatorError.noSuchCall(id) }
            guard let party = try control.text("party") else {
                end(call: id)
                break
            }
            try hangUp(party, in: id)
        case ("POST", "operation", 3):
            try act(
                try control.neededObject("operation").serialized, in: id, party: try control.needed("party"))
        case ("POST", "user-data", 3): try update(call: id, userData: control.body.serialized)
        default: return nil
        }
        return .done
    }

    private func beginCall(_ control: Control) throws -> String {
        let userData = try control.object("userData")?.serialized
        if let number = try control.text("to") {
            return try dial(number, fromAgent: try control.needed("fromAgent"), userData: userData)
        }
        let agent = try control.needed("agent")
        if let caller = try control.text("fromAgent") {
            return try ring(agent: agent, fromAgent: caller, userData: userData)
        }
        return try ring(agent: agent, from: try control.text("from") ?? "+493012345", userData: userData)
    }

    private static func describe(_ call: CallSummary) -> JSON {
        [
            "id": .string(call.id), "callType": .string(call.kind),
            "parentId": call.parentID.map(JSON.string) ?? .null,
            "recordingState": .string(call.recordingState),
            "parties": .array(
                call.parties.map { party in
                    [
                        "agent": party.agent.map(JSON.string) ?? .null, "number": .string(party.number),
                        "state": .string(party.state), "callId": .string(party.callID),
                        "muted": .bool(party.isMuted), "monitoring": .bool(party.isMonitoring),
                    ]
                }),
        ]
    }
}
