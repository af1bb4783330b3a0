/// What the spool's file holds when it is opened.
struct SpoolContents: Sendable {
    private(set) var count = 0
    private(set) var bytes = 0
    /// When the oldest came, Unix milliseconds.
    private(set) var oldestAt: Int64?
    private var oldest = Int64.max
    private(set) var agents: [String: SpoolHeld.Agent] = [:]
    /// The highest number.
    var last: Int64?
    var losses: [String: SpoolLoss] = [:]

    /// - Parameter first: an agent's oldest, with the bytes of all of them.
    mutating func add(_ first: SpoolPlace, count: Int) {
        self.count += count
        bytes += first.bytes
        var before = first.loss
        before.count = 0
        agents[first.agent] = SpoolHeld.Agent(count: count, before: before)
        if first.number < oldest { (oldest, oldestAt) = (first.number, first.at) }
    }
}
