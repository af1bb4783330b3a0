/// A call as one agent sees it at a moment: what a notification about it tells, and what a GET returns.
package struct Leg: Sendable, Hashable {
    package let call: CallModel
    package let party: CallModel.Party
    /// What may be done, whatever features the agent has.
    package let capabilities: [String]
    /// The id of the call out of which the agent made this one.
    package let parentID: String?

    package var id: String { party.identity.id }

    /// What may be done by an agent with these features.
    package func capabilities(with features: Set<String>) -> [String] {
        capabilities.filter { CallOperation.feature(of: $0).map(features.contains) ?? true }
    }

    package var isSupervised: Bool { call.parties.contains { $0.supervision?.target == party.person } }

    /// For a supervisor, whether the one it watches is muted.
    package var isMonitoredUserMuted: Bool {
        guard let target = party.supervision?.target else { return party.isMutedBySupervisor }
        return call.party(target)?.isMutedBySupervisor ?? false
    }
}
