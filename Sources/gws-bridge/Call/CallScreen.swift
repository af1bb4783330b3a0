import AMQP
import RawJSON

/// What a person sees of an agent's calls, and what a key does: a value that is told what came and when, and answers
/// with lines and actions. The rest, ``CallProgram``, only carries out.
///
/// +Events, +Outcomes and +Keys are what it is told, +Lines what it shows.
struct CallScreen: Sendable {
    enum Mode: Sendable, Hashable {
        /// Choosing an agent.
        case agents(typed: String, chosen: Int)
        case calls
        /// Asking for the parameters of an operation.
        case form(OperationForm, typed: String)
        /// Typing an operation.
        case line(typed: String, problem: String?)
    }

    enum Action: Sendable, Hashable {
        case send(CommandMessage)
        case leave
        case suspend
    }

    enum Connection: Sendable, Hashable {
        case connecting
        case connected
        case interrupted(String)
    }

    /// What is known of an agent.
    struct Heard: Sendable, Hashable {
        var calls: [ShownCall] = []
        /// The ids of calls for which there is no room.
        var others: Set<String> = []
        var devices: [ShownDevice] = []
    }

    /// How long a reply may take.
    let limit: Duration
    var mode: Mode
    var connection = Connection.connecting
    var agent: String?
    var agents: [String: Heard] = [:]
    /// The id of the selected call, or of the one that was and is gone: then no other takes its place by itself.
    var selected: String?
    /// Whether there has been a connection at all.
    var wasConnected = false
    var notes: [ScreenNote] = []
    /// What the last key came to, where that needs saying.
    var hint: String?
    var letters: KeyAssignment

    /// No notification is so long, in bytes.
    static let largestEvent = 1 << 20
    static let mostAgents = 2_000
    static let mostCalls = 30
    static let mostOthers = 1_000
    static let mostDevices = 20
    static let mostNotes = 100
    /// How long a call that is over is still shown: no key does anything to it, and none that was meant for it does
    /// anything to the next one.
    static let afterglow = Duration.seconds(5)

    init(agent: String?, letters: KeyAssignment, limit: Duration = .seconds(10)) {
        self.agent = agent
        self.limit = limit
        mode = agent == nil ? .agents(typed: "", chosen: 0) : .calls
        self.letters = letters
        if let agent { agents[agent] = Heard() }
    }

    var calls: [ShownCall] { agent.flatMap { agents[$0]?.calls } ?? [] }

    var call: ShownCall? { calls.first { $0.id == selected } }

    var isInterrupted: Bool {
        if case .interrupted = connection { true } else { false }
    }

    /// Time goes by: calls that are over go, and commands have waited long enough.
    mutating func tick(at now: ContinuousClock.Instant) {
        for (agent, heard) in agents {
            let calls = heard.calls.filter { ($0.releasedAt).map { now - $0 < Self.afterglow } ?? true }
            if calls.count < heard.calls.count { agents[agent]?.calls = calls }
        }
        selectAny()
        for index in notes.indices { notes[index].tick(at: now, limit: limit) }
    }

    /// Selects the first call that there is. When a selected one goes, a person has to choose: the key that is being
    /// pressed was meant for it, and not for the next.
    mutating func selectAny() {
        if calls.isEmpty {
            selected = nil
        } else if selected == nil {
            selected = calls.first?.id
        }
    }

    mutating func choose(_ agent: String) {
        self.agent = agent
        if agents[agent] == nil { agents[agent] = Heard() }
        notes = []
        selected = nil
        mode = .calls
        selectAny()
    }

    mutating func note(_ note: ScreenNote) {
        notes.append(note)
        if notes.count > Self.mostNotes { notes.removeFirst() }
    }
}
