internal import GWS

extension CommandOutcome {
    /// Which time passed: the one that the producer gave, or the configured one.
    package enum Expiry: String, Sendable, CaseIterable {
        case deadline, lifetime
    }

    /// Delivered a second time, and nobody knows what came of the first.
    package static let redelivered = "redelivered"
}

extension CommandOutcome.Kind {
    /// The reasons that an outcome of this kind may have: none on success, else always one.
    package var reasons: [String] {
        switch self {
        case .accepted: []
        case .refused: Outcome.Refusal.allCases.map(\.rawValue)
        case .rejected: Rejection.Reason.allCases.map(\.rawValue)
        case .expired: CommandOutcome.Expiry.allCases.map(\.rawValue)
        case .unreachable: Outcome.Unreachability.allCases.map(\.rawValue)
        case .unknown: Outcome.Doubt.allCases.map(\.rawValue) + [CommandOutcome.redelivered]
        }
    }
}
