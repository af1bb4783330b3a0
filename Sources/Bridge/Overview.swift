/// How things stand at a moment, for who watches over the bridge.
///
/// Of sessions, calls and commands at most ``longest`` are listed each, those first that somebody should look at; the
/// counts are of all.
public struct Overview: Sendable {
    public static let longest = 2000

    /// An agent's session with GWS.
    public struct Session: Sendable {
        public let agent: String
        /// `idle`, `starting`, `polling`, `renewing` or `failed`.
        public let state: String
        /// Since GWS last answered a poll; nil if it never did.
        public let pollAge: Duration?
        /// Why it is not all well, in a few words.
        public let trouble: String?
    }

    /// A call as GWS told of it last.
    public struct Call: Sendable {
        public let agent: String
        public let id: String
        public let state: String?
        /// Nil where nothing was recorded.
        public let recordingState: String?
        public let isConsult: Bool
        /// The numbers of those who take part: personal data.
        public let parties: [String]
    }

    /// A command that was taken from the queue and not settled yet.
    public struct Command: Sendable {
        public enum Stage: String, Sendable {
            /// For the lane of its call, or for GWS to be there again.
            case waiting
            case sending
            /// GWS has taken it, and is to tell what came of it; or it is to be tried again.
            case watching
            /// Its outcome is being published.
            case answering
        }

        public let id: String
        public let agent: String?
        public let callID: String?
        /// As the producer wrote it.
        public let operation: String?
        public let stage: Stage
        public let age: Duration
    }

    /// The connection that events and outcomes are published on.
    public struct Publishing: Sendable {
        /// The broker's words while it takes no messages.
        public let blockedReason: String?
        public let unconfirmed: Int
    }

    public let readiness: Readiness
    public let sessions: [Session]
    public let sessionCounts: [String: Int]
    public let calls: [Call]
    public let callCount: Int
    public let commands: [Command]
    public let commandCount: Int
    /// Agents to whose GWS no commands are sent for now.
    public let unreachableAgents: Int
    /// Nil without a connection.
    public let publishing: Publishing?
    public let isConsuming: Bool
    public let spooledEvents: Int
    /// How long the oldest of them has waited.
    public let spoolAge: Duration?
}
