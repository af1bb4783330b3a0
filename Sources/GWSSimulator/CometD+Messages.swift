extension CometD {
    /// A connect that may have to be held.
    struct Connect: Sendable {
        let clientID: String
        let id: JSON?
        /// How long it may be held; zero if it is to be answered at once.
        var hold: Duration
        var interval = Duration.zero
        var advice: JSON?

        var idMember: [JSON.Member] { id.map { [JSON.Member("id", $0)] } ?? [] }
    }

    /// What one request's messages come to.
    struct Turn: Sendable {
        var replies: [JSON] = []
        /// Data messages that ride on the direct replies.
        var messages: [String] = []
        /// To be held, then finished; its reply comes after the others.
        var connect: Connect?
        /// Sessions of connects that are answered already: one that is still held is not the newest any more.
        var superseding: [String] = []
        /// Sessions that said goodbye: their held connect is to be released.
        var left: [String] = []
        var newBrowser: String?
    }

    /// A request the transport refuses as a whole.
    enum Rejection: Error { case badMessages, handshakeInBatch }

    mutating func handle(
        _ body: JSON, from agent: AgentState, browser: String?, now: ContinuousClock.Instant
    ) throws(Rejection) -> Turn {
        let messages = if case .object = body { [body] } else { body.elements }
        guard !messages.isEmpty, messages.allSatisfy(\.isObject) else { throw .badMessages }
        if messages.count > 1, messages.contains(where: { $0["channel"]?.string == "/meta/handshake" }) {
            throw .handshakeInBatch
        }
        var turn = Turn()
        var spoken: Set<String> = []
        for message in messages {
            let reply = Reply(message)
            if message["channel"]?.string == "/meta/handshake" {
                turn.replies.append(handshake(reply, message, from: agent, browser: browser, now: now, &turn))
                continue
            }
            guard let session = session(of: message, agent: agent, browser: browser) else {
                turn.replies.append(reply.unknownClient())
                continue
            }
            spoken.insert(session.clientID)
            switch message["channel"]?.string {
            case "/meta/connect":
                if let earlier = turn.connect { answer(earlier, in: &turn, now: now) }
                turn.connect = connect(message, session, isAlone: messages.count == 1)
            case "/meta/subscribe": turn.replies.append(subscribe(reply, message, session))
            case "/meta/unsubscribe": turn.replies.append(unsubscribe(reply, message, session))
            case "/meta/disconnect":
                turn.left.append(session.clientID)
                turn.replies.append(reply.success())
            case nil: turn.replies.append(reply.failure("400::channel_missing"))
            case let channel? where channel.hasPrefix("/meta/"):
                turn.replies.append(reply.failure("404::unknown meta channel"))
            default: turn.replies.append(reply.failure("403:denied_by_policy:publish denied"))
            }
        }
        // A polling transport lets events ride on any reply, unless the connect is there or they are numbered.
        for clientID in spoken
        where clientID != turn.connect?.clientID && sessions[clientID]?.acknowledges == false {
            turn.messages += drain(clientID)
        }
        return turn
    }

    /// Only the last connect of a request waits its turn; those before it are answered with the other messages.
    private mutating func answer(_ connect: Connect, in turn: inout Turn, now: ContinuousClock.Instant) {
        turn.superseding.append(connect.clientID)
        let last = finishConnect(connect, now: now)
        turn.messages += last.messages
        turn.replies.append(last.reply)
    }

    /// Known, that agent's, and asked for with the browser cookie it was made with.
    private func session(of message: JSON, agent: AgentState, browser: String?) -> Session? {
        guard let clientID = message["clientId"]?.string, let session = sessions[clientID],
            session.agent == agent.name, session.browser == browser
        else { return nil }
        return session
    }

    private mutating func handshake(
        _ reply: Reply, _ message: JSON, from agent: AgentState, browser: String?,
        now: ContinuousClock.Instant,
        _ turn: inout Turn
    ) -> JSON {
        if agent.mayNotSubscribe {
            return reply.failure("403::Handshake denied", advice: ["reconnect": "none"])
        }
        let session = Session(
            clientID: Identifier.random(length: 27), agent: agent.name,
            browser: browser ?? Identifier.random(length: 27),
            acknowledges: settings.acknowledges && message["ext"]?["ack"]?.bool == true,
            deadline: now + settings.expiry)
        if browser == nil { turn.newBrowser = session.browser }
        insert(session)
        return reply.handshake(session, advice: standardAdvice)
    }

    private mutating func connect(_ message: JSON, _ session: Session, isAlone: Bool) -> Connect {
        let clientAdvice = message["advice"]
        var connect = Connect(clientID: session.clientID, id: message["id"], hold: settings.hold)
        // A client may ask for less than the server's own time, not for more.
        if let timeout = clientAdvice?["timeout"]?.int {
            connect.hold = .milliseconds(max(0, min(timeout, settings.hold.milliseconds)))
        }
        if !session.isConnected || clientAdvice != nil { connect.advice = standardAdvice }
        update(session.clientID) { session in
            if let acknowledged = message["ext"]?["ack"]?.int {
                session.queue.removeAll { $0.batch <= acknowledged }
            }
            session.isConnected = true
            session.deadline = nil
        }
        let hasNews = sessions[session.clientID].map { !$0.queue.isEmpty || $0.advice != nil } ?? false
        if !session.isConnected || !isAlone || hasNews { connect.hold = .zero }
        return connect
    }

    /// Several sessions with one cookie may not all be held: the later ones poll every two seconds.
    func answeringSharedBrowser(_ connect: Connect) -> Connect {
        var connect = connect
        connect.hold = .zero
        connect.interval = settings.sharedBrowserInterval
        connect.advice = [
            "interval": .int(settings.sharedBrowserInterval.milliseconds), "reconnect": "retry",
            "multiple-clients": true,
        ]
        return connect
    }

    private mutating func subscribe(_ reply: Reply, _ message: JSON, _ session: Session) -> JSON {
        guard let subscription = message["subscription"] else {
            return reply.failure("403::subscription_missing")
        }
        let channels = Self.channels(subscription)
        guard !channels.isEmpty, channels.allSatisfy({ $0.hasPrefix("/") && !$0.hasPrefix("/meta/") }) else {
            return reply.failure("403::subscription_invalid")
        }
        update(session.clientID) { $0.subscriptions.formUnion(channels) }
        return reply.success(.init("subscription", subscription))
    }

    private mutating func unsubscribe(_ reply: Reply, _ message: JSON, _ session: Session) -> JSON {
        guard let subscription = message["subscription"] else {
            return reply.failure("403::subscription_missing")
        }
        update(session.clientID) { $0.subscriptions.subtract(Self.channels(subscription)) }
        return reply.success(.init("subscription", subscription))
    }

    private static func channels(_ subscription: JSON) -> [String] {
        if let channel = subscription.string { return [channel] }
        return subscription.elements.compactMap(\.string)
    }

    private var standardAdvice: JSON {
        ["interval": 0, "timeout": .int(settings.hold.milliseconds), "reconnect": "retry"]
    }
}

/// The shapes of meta replies, members in CometD's order.
private struct Reply {
    let channel: JSON
    let id: [JSON.Member]

    init(_ message: JSON) {
        channel = message["channel"] ?? .null
        id = message["id"].map { [JSON.Member("id", $0)] } ?? []
    }

    private var start: [JSON.Member] { (channel == .null ? [] : [.init("channel", channel)]) + id }

    func success(_ more: JSON.Member...) -> JSON { .object(start + more + [.init("successful", true)]) }

    func failure(_ error: String, advice: JSON? = nil) -> JSON {
        .object(
            start + [.init("error", .string(error)), .init("successful", false)]
                + (advice.map { [.init("advice", $0)] } ?? []))
    }

    func unknownClient() -> JSON {
        let advice: JSON? =
            channel.string == "/meta/connect" ? ["interval": 0, "reconnect": "handshake"] : nil
        return failure("402::Unknown client", advice: advice)
    }

    func handshake(_ session: CometD.Session, advice: JSON) -> JSON {
        .object(
            [
                .init("clientId", .string(session.clientID)),
                .init("minimumVersion", "1.0"),
                .init("supportedConnectionTypes", ["callback-polling", "long-polling"]),
                .init("advice", advice),
            ] + (session.acknowledges ? [.init("ext", ["ack": true])] : []) + start + [
                .init("version", "1.0"), .init("successful", true),
            ])
    }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
