internal import GWS

/// What became of a command, as its requester is told.
///
/// In this version a command that GWS took ends as ``Kind/accepted``: whether the switch did it shows in the events.
package struct CommandOutcome: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// GWS took the operation.
        case accepted
        /// GWS said no.
        case refused
        /// The bridge said no before anything was sent.
        case rejected
        /// The command's time passed before it was sent.
        case expired
        /// GWS certainly did not get it, and the time for trying again is over.
        case unreachable
        /// GWS may have got it, and it must not be sent twice.
        case unknown

        /// Whether the command goes to the dead letters: it got no answer from GWS.
        package var isDeadLettered: Bool {
            switch self {
            case .accepted, .refused: false
            case .rejected, .expired, .unreachable, .unknown: true
            }
        }
    }

    package let kind: Kind
    /// One word of the contract's list; none on success.
    package var reason: String?
    /// A sentence for a person.
    package var detail: String?
    /// A JSON pointer to the field of the command that is meant.
    package var field: String?
    package var httpStatus: Int?
    package var statusCode: Int?
    package var statusMessage: String?

    package init(
        _ kind: Kind, reason: String? = nil, detail: String? = nil, field: String? = nil,
        httpStatus: Int? = nil,
        statusCode: Int? = nil, statusMessage: String? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.detail = detail
        self.field = field
        self.httpStatus = httpStatus
        self.statusCode = statusCode
        self.statusMessage = statusMessage
    }
}

/// A final outcome with what it took to get there.
package struct Verdict: Sendable, Hashable {
    package let outcome: CommandOutcome
    /// How often the operation was POSTed, or tried to be.
    package var attempts = 0
    /// Milliseconds from the command's arrival to GWS's yes.
    package var acceptedAfter: Int64?
    /// Milliseconds from the command's arrival to this outcome.
    package var finishedAfter: Int64 = 0
    /// Unix milliseconds of the first attempt that failed.
    package var firstFailedAt: Int64?
    /// The device that it was about, where the command left that to be found out.
    package var deviceID: String?

    package init(
        _ outcome: CommandOutcome, attempts: Int = 0, acceptedAfter: Int64? = nil, finishedAfter: Int64 = 0,
        firstFailedAt: Int64? = nil, deviceID: String? = nil
    ) {
        self.outcome = outcome
        self.attempts = attempts
        self.acceptedAfter = acceptedAfter
        self.finishedAfter = finishedAfter
        self.firstFailedAt = firstFailedAt
        self.deviceID = deviceID
    }
}
