/// What kind of GWS the simulator is. The defaults demand of a client what a strict site would.
public struct SimulatorConfiguration: Sendable, Hashable {
    public struct Agent: Sendable, Hashable {
        public var name: String
        public var password: String
        /// The directory numbers of its devices; its name if there are none.
        public var numbers: [String] = []
        /// GWS offers no `Answer` at a device in the public network.
        public var isInPublicNetwork = false
        /// Whether its desktop has logged it in already; if not, it is logged out until `StartContactCenterSession`.
        public var isLoggedIn = true
        /// What it lacks of the site's features.
        public var missingFeatures: Set<String> = []

        public init(_ name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    public var host = "127.0.0.1"
    /// 0 takes a free port.
    public var port = 0
    public var agents: [Agent]

    /// POSTs need the token that a GET of the same HTTP session showed.
    public var requiresCSRFToken = true
    /// Whether that holds for POSTs to CometD's endpoint too. Real clients send the token there; nothing says they
    /// must.
    public var requiresCSRFTokenOfCometD = true
    /// A load balancer stands in front: without its cookie a request reaches a node that knows no session.
    public var hasLoadBalancer = true
    /// What a request without the session's use for that long finds gone.
    public var sessionTimeout = Duration.seconds(1800)
    /// The prefix of every URI in bodies; what was listened on if nil.
    public var externalURL: String?

    /// How long a connect without anything to say is held.
    public var hold = Duration.seconds(30)
    /// How long a CometD session lives without a connect.
    public var expiry = Duration.seconds(10)
    /// Whether the acknowledgement extension is granted to a client that offers it.
    public var acknowledges = false

    /// What the site has not been granted of ``allFeatures``.
    public var missingFeatures: Set<String> = []
    /// The site's own agent states, after those of every site.
    public var agentStates: [AgentStateSetting] = []
    /// Whether `StartContactCenterSession` leaves an agent ready, which it does at some sites, or not ready.
    public var beginsReady = true
    /// Whether an agent is logged out when its last CometD session has expired. GWS does watch for such sessions;
    /// what it does about them is not documented.
    public var logsOutLostAgents = false
    /// The types of the back ends that are not there at the start; without `MultiMediaState` channels other than voice
    /// fail.
    public var inactiveServices: Set<String> = []
    /// How calls behave where it is not documented.
    public var calls = CallRules()
    /// Whether notifications carry `metrics`.
    public var sendsMetrics = true
    /// Which comes first, an operation's reply or the notification of what it did.
    public var replyOrder = ReplyOrder.together
    /// How far apart the two are then: as far as was seen on a live system, most of the time.
    public var replyGap = Duration.milliseconds(50)
    /// How long after the change a notification goes out; with more than zero, after the reply to its POST.
    public var notificationDelay = Duration.zero

    /// Calls that begin per second by themselves; see ``Traffic``.
    public var traffic = Traffic.none
    /// What faults with a probability, and random delays and orders, are drawn from: the same for the same seed, as long
    /// as requests come in the same order. By chance if nil.
    public var seed: UInt64?

    /// How many entries each journal keeps.
    public var journalLimit = 100_000
    /// And how many bytes of them, whichever comes first.
    public var journalByteLimit = 32 << 20

    public init(agents: [Agent] = SimulatorConfiguration.someAgents) {
        self.agents = agents
    }

    /// What a site may be granted, in the order in which it is listed.
    public static let allFeatures = [
        "api-voice", "api-voice-outbound", "api-voice-recording", "api-supervisor-monitoring",
    ]

    var features: Set<String> { Set(Self.allFeatures).subtracting(missingFeatures) }

    /// Whether the site has the feature `api-voice-recording`.
    public var mayRecord: Bool {
        get { !missingFeatures.contains("api-voice-recording") }
        set {
            if newValue {
                missingFeatures.remove("api-voice-recording")
            } else {
                missingFeatures.insert("api-voice-recording")
            }
        }
    }

    /// 5001 to 5005, each with its name for a password.
    public static let someAgents = (5001...5005).map { Agent(String($0), password: String($0)) }
}
