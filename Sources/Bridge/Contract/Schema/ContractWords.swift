/// The words of the contract's version 1, as the types have them that are sent.
enum ContractWords {
    /// The outcomes, with the reasons that each may have.
    static let outcomes: [(name: String, reasons: [String])] = CommandOutcome.Kind.allCases.map {
        ($0.rawValue, $0.reasons)
    }

    static let sessionEvents = SessionMessage.Kind.allCases.map(\.rawValue)

    static let gapReasons = SessionMessage.GapReason.allCases.map(\.rawValue)

    static let endReasons = SessionMessage.EndReason.allCases.map(\.rawValue)

    static let origins = Event.Origin.allCases.map(\.rawValue)

    /// Those of the outcomes that put a command among the dead letters.
    static let deadLettered = CommandOutcome.Kind.allCases.filter(\.isDeadLettered).map(\.rawValue)

    static func reasons(of outcomes: [String]) -> [String] {
        Schema.unique(Self.outcomes.filter { outcomes.contains($0.name) }.flatMap(\.reasons))
    }
}
