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
    package var httpStatus: Int?
    package var statusCode: Int?
    /// What an outcome may have beside that; nil where there is none of it.
    private var particulars: Particulars?

    package init(
        _ kind: Kind, reason: String? = nil, detail: String? = nil, field: String? = nil,
        httpStatus: Int? = nil,
        statusCode: Int? = nil, statusMessage: String? = nil, confirmation: Confirmation? = nil,
        lastSeen: CallGlimpse? = nil
    ) {
        self.kind = kind
        self.httpStatus = httpStatus
        self.statusCode = statusCode
        particulars = Particulars(
            Particulars.Values(
                reason: reason, detail: detail, field: field, statusMessage: statusMessage,
                confirmation: confirmation, lastSeen: lastSeen))
    }

    /// One word of the contract's list; none on success.
    package var reason: String? {
        get { particulars?.values.reason }
        set { self[\.reason] = newValue }
    }
    /// A sentence for a person.
    package var detail: String? {
        get { particulars?.values.detail }
        set { self[\.detail] = newValue }
    }
    /// A JSON pointer to the field of the command that is meant.
    package var field: String? {
        get { particulars?.values.field }
        set { self[\.field] = newValue }
    }
    package var statusMessage: String? {
        get { particulars?.values.statusMessage }
        set { self[\.statusMessage] = newValue }
    }
    /// Of what was confirmed.
    package var confirmation: Confirmation? {
        get { particulars?.values.confirmation }
        set { self[\.confirmation] = newValue }
    }
    /// The call as it was seen last, where it was.
    package var lastSeen: CallGlimpse? {
        get { particulars?.values.lastSeen }
        set { self[\.lastSeen] = newValue }
    }

    private subscript<Value>(path: WritableKeyPath<Particulars.Values, Value?>) -> Value? {
        get { particulars?.values[keyPath: path] }
        set {
            var values = particulars?.values ?? Particulars.Values()
            values[keyPath: path] = newValue
            particulars = Particulars(values)
        }
    }

    /// They lie aside: outcomes are kept by the hundred thousand and handed on many times, and one that is only accepted
    /// has none.
    private final class Particulars: Sendable, Hashable {
        struct Values: Sendable, Hashable {
            var reason: String?
            var detail: String?
            var field: String?
            var statusMessage: String?
            var confirmation: Confirmation?
            var lastSeen: CallGlimpse?
        }

        let values: Values

        /// - Returns: nil where there are none.
        init?(_ values: Values) {
            guard values != Values() else { return nil }
            self.values = values
        }

        static func == (one: Particulars, other: Particulars) -> Bool { one.values == other.values }

        func hash(into hasher: inout Hasher) { hasher.combine(values) }
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
