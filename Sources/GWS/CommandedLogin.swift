/// What a command says about the agent's log-in at the contact centre.
public enum CommandedLogin: Sendable, Hashable, CaseIterable {
    /// To log the agent in.
    case start
    /// To log the agent out. GWS ends its HTTP session with it.
    case end
    /// To log the agent out of the voice channel; the HTTP session goes on.
    case offline
    /// A state that only who is logged in can have: to be offline no more, if the agent was. Who logged the agent in is
    /// another matter.
    case online

    /// Whether the outcome leaves it at that.
    func isWanted(_ outcome: Outcome.Kind) -> Bool {
        switch (self, outcome) {
        case (_, .accepted): true
        // Some channels are open.
        case (.start, .refused(.partial)): true
        // Done or not, the agent was to be logged out.
        case (.end, .unknown), (.offline, .unknown): true
        default: false
        }
    }
}
