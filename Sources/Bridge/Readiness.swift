/// Whether the bridge does its work just now, and if not, why.
public struct Readiness: Sendable, Hashable {
    /// Sentences; none if it is ready.
    public let reasons: [String]

    public var isReady: Bool { reasons.isEmpty }

    public init(reasons: [String]) {
        self.reasons = reasons
    }

    /// Sentences about some of which there may be a thousand: of at most ten, and how many there are beside.
    static func listed(_ agents: [String], _ sentence: (String) -> String = { $0 }) -> [String] {
        let sentences = agents.prefix(10).map(sentence)
        return agents.count > 10 ? sentences + ["And \(agents.count - 10) agents more."] : sentences
    }
}
