/// Whether the bridge does its work just now, and if not, why.
public struct Readiness: Sendable, Hashable {
    /// Sentences; none if it is ready.
    public let reasons: [String]

    public var isReady: Bool { reasons.isEmpty }

    public init(reasons: [String]) {
        self.reasons = reasons
    }
}
