/// The words of the contract's version 1. The schemas name all of them: a client that is generated today must not break
/// when a later version of the bridge sends what this one does not yet.
///
/// Of outcomes this version sends all, as its types have them. What is here of the rest beyond what the types say is not
/// sent, and the descriptions say so.
enum ContractWords {
    /// The outcomes, with the reasons that each may have.
    static let outcomes: [(name: String, reasons: [String])] = CommandOutcome.Kind.allCases.map {
        ($0.rawValue, $0.reasons)
    }

    static let sessionEvents = ["Started", "Gap", "Resynced", "Ended"]

    static let gapReasons = [
        "started", "taken-over", "session-lost", "poll-lost", "spool-full", "stuck", "logged-out",
    ]

    static let endReasons = ["stopped", "removed", "logged-out", "not-active"]

    static let origins = ["live", "resync"]

    /// Those of the outcomes that put a command among the dead letters.
    static let deadLettered = CommandOutcome.Kind.allCases.filter(\.isDeadLettered).map(\.rawValue)

    static func reasons(of outcomes: [String]) -> [String] {
        Schema.unique(Self.outcomes.filter { outcomes.contains($0.name) }.flatMap(\.reasons))
    }

    /// For whom it matters what comes today.
    static func note(_ words: [String], sent: [String]) -> String {
        let later = words.filter { !sent.contains($0) }
        return later.isEmpty ? "" : " This version does not send \(later.joined(separator: ", "))."
    }
}
