/// The HTTP sessions of the server: who holds which JSESSIONID, and the CSRF token that lives with it.
struct HTTPSessions: Sendable {
    struct Session: Sendable {
        let id: String
        let agent: String
        var csrfToken: String
        /// The value of the load balancer's cookie that leads to the node which knows the session.
        let balancer: String?
        var usedAt: ContinuousClock.Instant
    }

    private(set) var sessions: [String: Session] = [:]
    private var byAgent: [String: Set<String>] = [:]

    /// The session of the cookie, if its node is the one the load balancer's cookie leads to. Counts as a use.
    mutating func use(
        _ id: String?, balancer: String?, timeout: Duration, now: ContinuousClock.Instant
    ) -> Session? {
        guard let id, let session = sessions[id], session.balancer == nil || session.balancer == balancer
        else {
            return nil
        }
        guard now - session.usedAt <= timeout else {
            remove(id)
            return nil
        }
        sessions[id]?.usedAt = now
        return session
    }

    mutating func begin(agent: String, balancer: String?, now: ContinuousClock.Instant) -> Session {
        let session = Session(
            // The part after the dot names the worker; clients that cut it off lose the session.
            id: Identifier.random(length: 26) + ".node0", agent: agent, csrfToken: Identifier.uuid(),
            balancer: balancer, usedAt: now)
        sessions[session.id] = session
        byAgent[agent, default: []].insert(session.id)
        return session
    }

    /// Ends those of one agent, or all.
    mutating func removeAll(of agent: String?) {
        guard let agent else {
            sessions = [:]
            byAgent = [:]
            return
        }
        for id in byAgent.removeValue(forKey: agent) ?? [] { sessions[id] = nil }
    }

    /// Gives those of one agent, or all, another token; the one they know is stale.
    mutating func changeTokens(of agent: String?) {
        for id in agent.map({ byAgent[$0] ?? [] }) ?? Set(sessions.keys) {
            sessions[id]?.csrfToken = Identifier.uuid()
        }
    }

    /// Ends those that have not been used for so long.
    mutating func sweep(timeout: Duration, now: ContinuousClock.Instant) {
        let expired = sessions.values.filter { now - $0.usedAt > timeout }.map(\.id)
        for id in expired { remove(id) }
    }

    mutating func remove(_ id: String) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        byAgent[session.agent]?.remove(id)
    }
}
