/// How the simulator stands, for tests and people.
public struct CallSummary: Sendable, Hashable {
    public struct Party: Sendable, Hashable {
        public let agent: String?
        public let number: String
        public let state: String
        /// What the party knows the call by.
        public let callID: String
        public let isMuted: Bool
        /// Whether it is there to watch another.
        public let isMonitoring: Bool
    }

    public let id: String
    /// `Internal`, `Inbound`, `Outbound` or `Consult`.
    public let kind: String
    /// Of a consult call, the call out of which it was made.
    public let parentID: String?
    public let recordingState: String
    public let parties: [Party]
}

extension Simulator {
    public var currentCalls: [CallSummary] {
        switchboard.calls.values.map(Self.summary).sorted { $0.id < $1.id }
    }

    /// Nil if the call is over.
    public func call(_ id: String) -> CallSummary? { switchboard.call(id).map(Self.summary) }

    /// The agent's calls as GWS shows them now, the JSON of each; the oldest first.
    public func calls(of agent: String) throws -> [String] {
        guard let agent = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        return switchboard.legs(of: agent.name).map { resource($0, for: agent).serialized }
    }

    /// How many CometD sessions the agent, or all agents, have.
    public func clientCount(of agent: String? = nil) -> Int { cometD.clients(of: agent).count }

    /// How many connects are being held.
    public var heldPollCount: Int { heldPolls.count }

    private static func summary(_ call: CallModel) -> CallSummary {
        CallSummary(
            id: call.id, kind: call.kind.rawValue, parentID: call.consult?.parent,
            recordingState: call.recording.rawValue,
            parties: call.parties.map { party in
                .init(
                    agent: party.agent, number: party.number, state: party.state.rawValue,
                    callID: party.identity.id, isMuted: party.isMuted,
                    isMonitoring: party.supervision != nil)
            })
    }
}
