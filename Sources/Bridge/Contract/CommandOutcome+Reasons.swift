internal import GWS

extension CommandOutcome {
    /// Which time passed: the one that the producer gave, or the configured one.
    package enum Expiry: String, Sendable, CaseIterable {
        case deadline, lifetime
    }

    /// Why no change was seen of what GWS took.
    package enum Missing: String, Sendable, CaseIterable {
        case noChange = "no-change"
        /// A later command of the call changed the same thing.
        case superseded
        case callEnded = "call-ended"
    }

    /// GWS told of a failure after it had accepted.
    package static let errorMessage = "error-message"
    /// The broker let it expire in the queue.
    package static let queueTTL = "queue-ttl"
    /// Delivered a second time, and nobody knows what came of the first.
    package static let redelivered = "redelivered"
    /// The broker gave it up: whoever took it did not live to settle it.
    package static let deliveryLimit = "delivery-limit"
}

extension CommandOutcome.Kind {
    /// The reasons that an outcome of this kind may have: none on success, else always one.
    package var reasons: [String] {
        switch self {
        case .accepted, .confirmed: []
        case .unconfirmed: CommandOutcome.Missing.allCases.map(\.rawValue)
        case .refused: Outcome.Refusal.allCases.map(\.rawValue) + [CommandOutcome.errorMessage]
        case .rejected: Rejection.Reason.allCases.map(\.rawValue)
        case .expired: CommandOutcome.Expiry.allCases.map(\.rawValue) + [CommandOutcome.queueTTL]
        case .unreachable: Outcome.Unreachability.allCases.map(\.rawValue)
        case .unknown:
            Outcome.Doubt.allCases.map(\.rawValue) + [
                CommandOutcome.redelivered, CommandOutcome.deliveryLimit,
            ]
        }
    }
}
