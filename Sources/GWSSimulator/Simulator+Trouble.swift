// What goes wrong with the server, as tests make it go wrong.

extension Simulator {
    /// Sets a fault; returns a number to remove it by.
    @discardableResult
    public func inject(_ fault: Fault) -> Int { faults.add(fault) }

    public func removeFault(_ number: Int) { faults.remove(number) }

    public func removeFaults() { faults.removeAll() }

    /// How many requests a fault has parked.
    public var parkedCount: Int { parked.count }

    /// Lets go on what was parked.
    public func releaseParked() {
        for continuation in parked.values { continuation.finish() }
        parked = [:]
    }

    func park() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        parkCount += 1
        let number = parkCount
        parked[number] = continuation
        // Ends when it is released, or cut short when the simulator stops.
        for await _ in stream {}
        parked[number] = nil
    }

    /// Whether what happens is not told to anybody (`true`), or told again. What was not told never will be.
    public func muteNotifications(_ mutes: Bool = true) { isMute = mutes }

    /// Forgets the CometD sessions of an agent, or of all: their held connects end as if nothing had come, the next
    /// request meets 402.
    public func forgetClients(of agent: String? = nil) {
        for client in cometD.clients(of: agent) {
            forget(client)
            wake(client, .forgotten)
        }
    }

    func forget(_ client: String) {
        guard let agent = cometD.sessions[client]?.agent else { return }
        cometD.forget(client)
        if cometD.clients(of: agent).isEmpty { journal.gone(agent) }
    }

    /// Ends the HTTP sessions of an agent, or of all. CometD sessions stay, but the next request is not authenticated.
    public func invalidateSessions(of agent: String? = nil) { httpSessions.removeAll(of: agent) }

    /// Gives the HTTP sessions of an agent, or of all, another CSRF token: the next POST finds its own stale.
    public func changeCSRFTokens(of agent: String? = nil) { httpSessions.changeTokens(of: agent) }

    /// Whether a right password is refused (`true`) or accepted again.
    public func refuseLogins(_ refuses: Bool = true, of agent: String? = nil) {
        for name in agent.map({ [$0] }) ?? roster.names { agents[name]?.isRefused = refuses }
    }

    /// Whether CometD handshakes are refused by policy: `403::Handshake denied`, advice `none`.
    public func denyHandshakes(_ denies: Bool = true, of agent: String? = nil) {
        for name in agent.map({ [$0] }) ?? roster.names { agents[name]?.mayNotSubscribe = denies }
    }

    /// Cuts the polls that are being held now, before or in the middle of their answer. The CometD sessions stay.
    public func cutPolls(of agent: String? = nil, inTheMiddle: Bool = false) {
        for client in cometD.clients(of: agent) { wake(client, inTheMiddle ? .cutInTheMiddle : .cut) }
    }

    /// Ends the agent's held connects with this advice (JSON) in place of the server's own, or gives it to the next.
    public func advise(_ advice: String, of agent: String? = nil) throws {
        guard let advice = try Self.parse(advice) else { return }
        for client in cometD.clients(of: agent) {
            cometD.advise(client, advice)
            wake(client, .news)
        }
    }

    /// As if the server process had been restarted: polls are cut, and it knows no session any more. Calls live in
    /// the switch and stay, unless told otherwise.
    public func restart(losingCalls: Bool = false) {
        releaseAllPolls(.cut)
        for client in cometD.clients(of: nil) { forget(client) }
        httpSessions.removeAll(of: nil)
        guard losingCalls else { return }
        switchboard.removeAll()
    }
}
