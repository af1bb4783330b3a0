/// The CometD 3.1 server: its sessions, what they are subscribed to and what waits for them.
///
/// A value. It decides what a request's messages are answered with; holding a connect, and answering it when
/// something comes, is the simulator's part.
struct CometD: Sendable {
    struct Settings: Sendable {
        var hold: Duration
        var expiry: Duration
        var acknowledges: Bool
        /// For connects of several sessions that share one browser cookie; see §9.3 of CometD's advice.
        var sharedBrowserInterval = Duration.milliseconds(2000)
    }

    struct Session: Sendable {
        let clientID: String
        let agent: String
        let browser: String
        let acknowledges: Bool
        var subscriptions: Set<String> = []
        var queue: [(batch: Int, message: String)] = []
        var batch = 1
        /// Until the first connect, which is answered at once.
        var isConnected = false
        /// When it is forgotten, unless a connect comes; nil while a connect is being held.
        var deadline: ContinuousClock.Instant?
        /// Advice that the next connect's reply is to carry in place of the server's own.
        var advice: JSON?
    }

    var settings: Settings
    private(set) var sessions: [String: Session] = [:]
    private var byAgent: [String: Set<String>] = [:]
    /// How many connects are held for each browser cookie.
    private var heldByBrowser: [String: Int] = [:]

    init(settings: Settings) { self.settings = settings }
}

extension CometD {
    /// Queues the message for every session of the agent that is subscribed to the channel, and names them.
    mutating func deliver(_ message: String, on channel: String, to agent: String) -> [String] {
        var reached: [String] = []
        for clientID in byAgent[agent] ?? [] {
            guard let session = sessions[clientID], session.isSubscribed(to: channel) else { continue }
            sessions[clientID]!.queue.append((session.batch, message))
            reached.append(clientID)
        }
        return reached
    }

    func clients(of agent: String?) -> [String] {
        guard let agent else { return Array(sessions.keys) }
        return Array(byAgent[agent] ?? [])
    }

    /// Takes what waits for the session; with acknowledgements, what was not acknowledged goes with it again.
    mutating func drain(_ clientID: String) -> [String] {
        guard let session = sessions[clientID] else { return [] }
        let messages = session.queue.map(\.message)
        if !session.acknowledges { sessions[clientID]!.queue = [] }
        return messages
    }

    mutating func forget(_ clientID: String) {
        guard let session = sessions.removeValue(forKey: clientID) else { return }
        byAgent[session.agent]?.remove(clientID)
    }

    /// The sessions whose next connect did not come in time.
    func expired(at now: ContinuousClock.Instant) -> [String] {
        sessions.values.filter { $0.deadline.map { $0 < now } ?? false }.map(\.clientID)
    }

    mutating func advise(_ clientID: String, _ advice: JSON) { sessions[clientID]?.advice = advice }

    mutating func beginHolding(_ clientID: String) {
        guard let session = sessions[clientID] else { return }
        heldByBrowser[session.browser, default: 0] += 1
    }

    mutating func endHolding(browser: String) {
        let count = (heldByBrowser[browser] ?? 1) - 1
        heldByBrowser[browser] = count > 0 ? count : nil
    }

    /// The body's last part for a connect that ends now: the reply, after the messages that go with it.
    mutating func finishConnect(_ connect: Connect, now: ContinuousClock.Instant) -> (
        messages: [String], reply: JSON
    ) {
        var reply: [JSON.Member] = [.init("channel", "/meta/connect")] + connect.idMember
        reply.append(.init("successful", true))
        guard var session = sessions[connect.clientID] else {
            // The session was removed meanwhile: the connect is released as successful, the next request says 402.
            if let advice = connect.advice { reply.append(.init("advice", advice)) }
            return ([], .object(reply))
        }
        let messages = drain(connect.clientID)
        if let advice = session.advice ?? connect.advice { reply.append(.init("advice", advice)) }
        if session.acknowledges {
            reply.append(.init("ext", ["ack": .int(session.batch)]))
            session.batch += 1
        } else {
            session.queue = []
        }
        session.advice = nil
        session.deadline = now + settings.expiry + connect.interval
        sessions[connect.clientID] = session
        return (messages, .object(reply))
    }

    /// The connect ended without a reply: what waits goes on waiting, for as long as a session may live.
    mutating func abandonConnect(_ connect: Connect, now: ContinuousClock.Instant) {
        sessions[connect.clientID]?.deadline = now + settings.expiry
    }

    mutating func insert(_ session: Session) {
        sessions[session.clientID] = session
        byAgent[session.agent, default: []].insert(session.clientID)
    }

    mutating func update(_ clientID: String, _ change: (inout Session) -> Void) {
        guard sessions[clientID] != nil else { return }
        change(&sessions[clientID]!)
    }

    func isBrowserBusy(_ browser: String) -> Bool { heldByBrowser[browser] ?? 0 > 0 }
}

extension CometD.Session {
    /// `/a/*` stands for one segment, `/a/**` for any number.
    func isSubscribed(to channel: String) -> Bool {
        if subscriptions.contains(channel) { return true }
        var parent = channel[...]
        var isDirect = true
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            if isDirect, subscriptions.contains(parent + "/*") { return true }
            if subscriptions.contains(parent + "/**") { return true }
            isDirect = false
        }
        return false
    }
}
