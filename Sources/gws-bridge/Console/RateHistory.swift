/// How many commands ended and events came in each of the last seconds, for the console's charts.
struct RateHistory: Sendable {
    /// What was counted since the process began.
    struct Totals: Sendable {
        /// Commands by their final outcome.
        var outcomes: [String: Double] = [:]
        var events = 0.0
    }

    /// What was counted within a second.
    struct Second: Sendable, Encodable {
        let outcomes: [String: Int]
        let events: Int
    }

    static let length = 120

    private(set) var seconds: ArraySlice<Second> = []
    private var last: Totals?

    /// To be called once a second.
    mutating func add(_ totals: Totals) {
        defer { last = totals }
        guard let last else { return }
        let outcomes = totals.outcomes.compactMapValues { total in total > 0 ? total : nil }
        let new = outcomes.map { name, total in (name, Int(total - last.outcomes[name, default: 0])) }
        seconds.append(
            Second(
                outcomes: Dictionary(uniqueKeysWithValues: new.filter { $0.1 > 0 }),
                events: Int(totals.events - last.events)))
        if seconds.count > Self.length { seconds.removeFirst() }
    }
}
