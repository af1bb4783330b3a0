internal import RawJSON

/// An outcome with what it took to get there.
package struct Verdict: Sendable, Hashable {
    package let outcome: CommandOutcome
    /// Whether no other follows.
    package var isFinal: Bool
    /// How often the operation was POSTed, or tried to be.
    package var attempts: Int
    /// Milliseconds from the command's arrival to GWS's yes.
    package var acceptedAfter: Int64?
    /// Milliseconds from the command's arrival to this outcome.
    package var finishedAfter: Int64
    /// Unix milliseconds of the first attempt that failed.
    package var firstFailedAt: Int64?
    /// The device that it was about, where the command left that to be found out.
    package var deviceID: String?

    package init(
        _ outcome: CommandOutcome, isFinal: Bool = true, attempts: Int = 0, acceptedAfter: Int64? = nil,
        finishedAfter: Int64 = 0, firstFailedAt: Int64? = nil, deviceID: String? = nil
    ) {
        self.outcome = outcome
        self.isFinal = isFinal
        self.attempts = attempts
        self.acceptedAfter = acceptedAfter
        self.finishedAfter = finishedAfter
        self.firstFailedAt = firstFailedAt
        self.deviceID = deviceID
    }
}

extension Verdict {
    /// Writes what an outcome's message says beside the address.
    func write(to text: inout JSONText) {
        text.add("outcome", outcome.kind.rawValue)
        text.add("final", isFinal)
        text.add("reason", outcome.reason)
        text.add("detail", outcome.detail)
        text.add("field", outcome.field)
        text.add("httpStatus", outcome.httpStatus)
        text.add("statusCode", outcome.statusCode)
        text.add("statusMessage", outcome.statusMessage)
        text.add("attempts", attempts)
        text.add("acceptedAfterMs", acceptedAfter)
        // Of what is not over it would say nothing that acceptedAfterMs does not.
        text.add("finishedAfterMs", isFinal ? finishedAfter : nil)
        if let confirmation = outcome.confirmation {
            if confirmation.already { text.add("already", true) }
            text.add("confirmedBy", raw: Self.text(of: confirmation.means))
        }
        if let seen = outcome.lastSeen { text.add("lastSeen", raw: Self.text(of: seen)) }
    }

    private static func text(of means: CommandOutcome.Confirmation.Means) -> [UInt8] {
        var text = JSONText()
        switch means {
        case .event(let messageID, let notificationType):
            text.add("by", "event")
            text.add("messageId", messageID)
            text.add("notificationType", notificationType)
        case .reading:
            text.add("by", "reading")
        }
        return text.closed
    }

    private static func text(of seen: CommandOutcome.CallGlimpse) -> [UInt8] {
        var text = JSONText()
        text.add("state", seen.state)
        text.add("recordingState", seen.recordingState)
        if let capabilities = seen.capabilities {
            let list = capabilities.map(RawJSON.quoted).joined(separator: [UInt8(ascii: ",")])
            text.add("capabilities", raw: [UInt8(ascii: "[")] + list + [UInt8(ascii: "]")])
        }
        return text.closed
    }
}
