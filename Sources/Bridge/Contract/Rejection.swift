/// The bridge says no before anything is sent.
package struct Rejection: Error, Sendable, Hashable {
    /// The words of the contract.
    package enum Reason: String, Sendable, CaseIterable {
        case malformed
        case tooLarge = "too-large"
        case unknownOperation = "unknown-operation"
        case missingParameter = "missing-parameter"
        case invalidParameter = "invalid-parameter"
        case agentUnknown = "agent-unknown"
        case notPermitted = "not-permitted"
    }

    package let reason: String
    package let detail: String
    package let field: String?

    package init(_ reason: Reason, _ detail: String, field: String? = nil) {
        self.reason = reason.rawValue
        self.detail = detail
        self.field = field
    }

    package var outcome: CommandOutcome {
        CommandOutcome(.rejected, reason: reason, detail: detail, field: field)
    }
}
