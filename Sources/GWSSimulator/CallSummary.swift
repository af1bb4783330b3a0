/// How the simulator stands, for tests and people.
public struct CallSummary: Sendable, Hashable {
    public struct Party: Sendable, Hashable {
        public let agent: String?
        public let number: String
        public let state: String
    }

    public let id: String
    public let recordingState: String
    public let parties: [Party]
}

extension Simulator {
    public var currentCalls: [CallSummary] { calls.values.map(Self.summary).sorted { $0.id < $1.id } }

    /// Nil if the call is over.
    public func call(_ id: String) -> CallSummary? { calls[id].map(Self.summary) }

    /// How many CometD sessions the agent, or all agents, have.
    public func clientCount(of agent: String? = nil) -> Int { cometD.clients(of: agent).count }

    /// How many connects are being held.
    public var heldPollCount: Int { heldPolls.count }

    private static func summary(_ call: CallModel) -> CallSummary {
        CallSummary(
            id: call.id, recordingState: call.recording.rawValue,
            parties: call.parties.map { .init(agent: $0.agent, number: $0.number, state: $0.state.rawValue) })
    }
}
