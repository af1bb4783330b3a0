internal import GWS

/// What became of a command, as its requester is told.
package struct CommandOutcome: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// GWS took the operation. Not the last word, unless there is nothing to be seen of what it does.
        case accepted
        /// The state change that the operation is for was seen.
        case confirmed
        /// GWS took it, and no such change was seen.
        case unconfirmed
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
            case .accepted, .confirmed, .unconfirmed, .refused: false
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
    /// Of what was confirmed.
    package var confirmation: Confirmation?
    /// The call as it was seen last, where it was.
    package var lastSeen: CallGlimpse?

    package init(
        _ kind: Kind, reason: String? = nil, detail: String? = nil, field: String? = nil,
        httpStatus: Int? = nil,
        statusCode: Int? = nil, statusMessage: String? = nil, confirmation: Confirmation? = nil,
        lastSeen: CallGlimpse? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.detail = detail
        self.field = field
        self.httpStatus = httpStatus
        self.statusCode = statusCode
        self.statusMessage = statusMessage
        self.confirmation = confirmation
        self.lastSeen = lastSeen
    }

    /// What confirmed a command.
    package struct Confirmation: Sendable, Hashable {
        package enum Means: Sendable, Hashable {
            /// An event, by the message id that it is published under.
            case event(messageID: String, notificationType: String?)
            /// The call or the device was read.
            case reading
        }

        package let means: Means
        /// Whether it stood so already before the command was sent for the last time.
        package let already: Bool

        package init(_ means: Means, already: Bool = false) {
            self.means = means
            self.already = already
        }
    }

    /// What of a call an outcome tells.
    package struct CallGlimpse: Sendable, Hashable {
        package let state: String?
        package let recordingState: String?
        package let capabilities: [String]?

        package init(state: String?, recordingState: String? = nil, capabilities: [String]? = nil) {
            self.state = state
            self.recordingState = recordingState
            self.capabilities = capabilities
        }
    }
}
