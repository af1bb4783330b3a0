@testable import Bridge

extension Verdict {
    /// Every outcome with every reason, with as little and with as much as goes with it.
    static let samples: [Verdict] = CommandOutcome.Kind.allCases.flatMap { kind in
        let reasons = kind.reasons.isEmpty ? [nil] : kind.reasons.map(Optional.some)
        return reasons.flatMap { [least(kind, $0)] + most(kind, $0) } + (kind == .accepted ? [interim] : [])
    }

    private static let interim = Verdict(
        CommandOutcome(.accepted, httpStatus: 200, statusCode: 0), isFinal: false, attempts: 1,
        acceptedAfter: 3)

    private static func least(_ kind: CommandOutcome.Kind, _ reason: String?) -> Verdict {
        Verdict(
            CommandOutcome(
                kind, reason: reason,
                confirmation: kind == .confirmed ? .init(.event(messageID: "m", notificationType: nil)) : nil)
        )
    }

    private static func most(_ kind: CommandOutcome.Kind, _ reason: String?) -> [Verdict] {
        var outcome = CommandOutcome(
            kind, reason: reason, httpStatus: 500, statusCode: 4, statusMessage: "oops")
        if reason != nil {
            outcome.detail = "It is so."
            outcome.field = "/callId"
        }
        let glimpses: [CommandOutcome.CallGlimpse?] =
            reason == nil
            ? [nil]
            : [
                .init(state: nil),
                .init(state: "Held", recordingState: "Paused", capabilities: ["Hold", "Hangup"]),
            ]
        let means: [CommandOutcome.Confirmation?] =
            kind != .confirmed
            ? [nil]
            : [
                .init(.event(messageID: "5001/e/42", notificationType: "StatusChange")), .init(.reading),
                .init(.reading, already: true),
            ]
        return glimpses.flatMap { glimpse in
            means.map { means in
                outcome.lastSeen = glimpse
                outcome.confirmation = means
                return Verdict(
                    outcome, attempts: 2, acceptedAfter: 3, finishedAfter: 9, firstFailedAt: 7, deviceID: "d")
            }
        }
    }
}
