/// What the bound takes out of the spool's file, from the oldest that may go: decided place after place.
struct SpoolDrop: Sendable, Equatable {
    struct Agent: Sendable, Equatable {
        var loss: SpoolLoss
        var last: SpoolPlace
    }

    /// So many bytes are too many.
    private(set) var excess: Int
    /// What came before this is too old, in Unix milliseconds.
    let cutoff: Int64
    private(set) var count = 0
    private(set) var bytes = 0
    /// The last that goes.
    private(set) var through: Int64?
    /// When the first came that stays.
    private(set) var oldestAt: Int64?
    private(set) var agents: [String: Agent] = [:]

    init(excess: Int, cutoff: Int64) {
        self.excess = excess
        self.cutoff = cutoff
    }

    /// - Returns: whether it goes. If not, none after it does.
    mutating func takes(_ place: SpoolPlace) -> Bool {
        guard excess > 0 || place.at < cutoff else {
            oldestAt = place.at
            return false
        }
        excess -= place.bytes
        count += 1
        bytes += place.bytes
        through = place.number
        if let agent = agents[place.agent] {
            agents[place.agent] = Agent(loss: agent.loss.adding(place.loss), last: place)
        } else {
            agents[place.agent] = Agent(loss: place.loss, last: place)
        }
        return true
    }
}
