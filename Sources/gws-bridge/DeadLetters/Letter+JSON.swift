import Bridge

extension Letter {
    /// What `list --json` tells of it, one line.
    var json: String { JSON.object(members) }

    var members: [(String, String)] {
        [
            ("id", JSON.quote(id)), ("outcome", JSON.quote(outcome)), ("reason", JSON.optional(reason)),
            ("detail", JSON.optional(detail)), ("agent", JSON.optional(address.agent)),
            ("callId", JSON.optional(address.callID)),
            ("operationName", JSON.optional(address.operationName)),
            ("attempts", attempts.map { "\($0)" } ?? "null"),
            ("failedAt", JSON.optional(failedAt.map { Timestamp($0).text })),
            ("replayCount", "\(replayCount)"),
        ]
    }

    /// What it wanted, as one reads it out.
    var subject: String {
        [
            address.operationName ?? "a command",
            (address.callID.map { "call \($0)" } ?? address.deviceID.map { "device \($0)" }),
            address.agent.map { "of \($0)" },
        ]
        .compactMap(\.self).joined(separator: " ")
    }
}
