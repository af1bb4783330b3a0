public import AMQP
public import GWS

/// All that a bridge must be told. The defaults are those of the documentation; what has none must be given.
public struct BridgeConfiguration: Sendable {
    /// What the names on the broker begin with.
    public var prefix = "gws"
    /// Names this process to operators and in `Started` events.
    public var instance: String
    public var broker: Broker
    public var topology = Topology.declare
    public var server: GWSServer
    /// Each name once.
    public var agents: [AgentConfiguration]
    public var subscriptions = BridgeConfiguration.defaultSubscriptions
    /// Whether to use CometD's acknowledgement extension where the server offers it.
    public var acknowledge = true
    public var commands = Commands()
    /// Operations that are let through unchecked, whether the catalogue knows them or not.
    public var allowedUnknownOperations: Set<String> = []
    public var permissions = Permissions()
    public var events = Events()
    public var store = Store()
    /// How often the bridge tries whether the broker still takes and gives.
    package var canary = Vigil.Timing()
    /// How often it sees which shards it serves.
    package var markers = Tenure.Timing()
    /// How long a stop may take until commands under way are left to the next process.
    public var shutdownTimeout: Duration = .seconds(20)

    public init(instance: String, broker: Broker, server: GWSServer, agents: [AgentConfiguration]) {
        self.instance = instance
        self.broker = broker
        self.server = server
        self.agents = agents
    }

    public static let defaultSubscriptions = ["/v2/me/*", "/v2/me", "/notifications/services"]

    public enum Topology: String, Sendable, CaseIterable {
        /// Declare exchanges, queues and bindings.
        case declare
        /// Only check that they are there, for a user without configure permission.
        case check
        /// Leave them alone.
        case none
    }

    public struct Commands: Sendable {
        /// Queues that the agents are spread over; the same for all processes of one prefix.
        public var shards = 1
        /// Commands held at a time of each queue, waiting or under way.
        public var prefetch: UInt16 = 1000
        /// Commands POSTed at a time.
        public var concurrency = 64
        /// How long a command without a deadline of its own may wait to be sent.
        public var lifetime: Duration = .seconds(60)
        /// Whether to wait for the state change that a command is for; if not, what GWS took is final.
        public var confirms = true
        /// How long to wait for it, where the command does not say.
        public var confirmWithin: Duration = .seconds(5)
        /// How often the broker delivers a command that crashes its consumers.
        public var deliveryLimit = 10

        public init() {}
    }

    /// How events are published.
    public struct Events: Sendable {
        /// Whether they carry the attributes of CloudEvents 1.0, too.
        public var cloudEvents = false
        /// The stream that keeps them for who comes late; nil for none.
        public var stream: Stream?
        /// Where those go that no queue is bound for; the broker drops them if nil.
        public var alternateExchange: String?

        public init() {}

        public struct Stream: Sendable {
            public var maxAge: Duration = .seconds(7 * 24 * 60 * 60)
            /// Bytes.
            public var maxSize: Int64 = 10 << 30

            public init() {}
        }
    }

    /// What must survive the process.
    public struct Store: Sendable {
        /// Where it lies; nil for the memory, which survives nothing.
        public var directory: String?
        /// Whether the outcomes of commands are remembered there.
        public var keepsLedger = true
        public var ledgerAge: Duration = .seconds(24 * 60 * 60)
        public var ledgerCount = 1_000_000
        /// How much of the events that wait for the broker is kept, in bytes.
        public var spoolSize: Int64 = 1 << 30
        public var spoolAge: Duration = .seconds(24 * 60 * 60)
        public var durability = Durability.process

        public init() {}

        public enum Durability: String, Sendable, CaseIterable {
            /// What was written survives the end of the process, however sudden.
            case process
            /// It survives the end of the power, too.
            case power
        }
    }
}
