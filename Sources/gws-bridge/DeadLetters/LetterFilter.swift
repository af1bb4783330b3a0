import Bridge

/// Which dead letters are meant: those that agree with all that is given.
struct LetterFilter: Sendable, Hashable {
    /// Those of these ids, if any; each may be that of several letters.
    var ids: Set<String>?
    var reason: String?
    var operation: String?
    var call: String?
    var agent: String?
    /// Unix milliseconds; what does not say since when it failed is none of them.
    var failedBefore: Int64?

    func includes(_ letter: Letter) -> Bool {
        if let ids, !ids.contains(letter.id) { return false }
        if let reason, reason != letter.reason { return false }
        if let operation, operation != letter.address.operationName { return false }
        if let call, call != letter.address.callID { return false }
        if let agent, agent != letter.address.agent { return false }
        if let failedBefore {
            guard let failedAt = letter.failedAt, failedAt < failedBefore else { return false }
        }
        return true
    }
}
