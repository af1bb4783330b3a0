// What happens at telephones and to the server, as tests make it happen.

extension Simulator {
    /// An agent more, who can log in from now on.
    public func add(_ agent: SimulatorConfiguration.Agent) {
        if agents.updateValue(AgentState(agent), forKey: agent.name) == nil { agentNames.append(agent.name) }
    }

    /// Makes a call from outside ring at the agent, and returns its id.
    ///
    /// - Parameter userData: A JSON object, `{"PhoneNumber":"5001"}`.
    @discardableResult
    public func ring(agent: String, from number: String = "+493012345", userData: String? = nil) throws
        -> String
    {
        try begin(from: (nil, number), to: agent, userData: userData)
    }

    /// Makes a call from one agent's telephone ring at another's, and returns its id. Both have a leg of it.
    @discardableResult
    public func ring(agent: String, fromAgent caller: String, userData: String? = nil) throws -> String {
        guard agents[caller] != nil else { throw SimulatorError.noSuchAgent(caller) }
        return try begin(from: (caller, caller), to: agent, userData: userData)
    }

    private func begin(
        from caller: (agent: String?, number: String), to agent: String, userData: String?
    ) throws -> String {
        guard let callee = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        let (id, connID) = callIDs.next()
        let call = CallModel(
            id: id, connID: connID, from: caller, to: (agent, callee.phoneNumber),
            userData: try Self.parse(userData)?.members ?? [], at: Timestamp.now)
        calls[id] = call
        carryOut(call.beginning, of: id)
        return id
    }

    /// The telephone at which it rings is picked up.
    public func answer(call id: String) throws {
        guard let call = calls[id] else { throw SimulatorError.noSuchCall(id) }
        guard let index = call.parties.firstIndex(where: { $0.state == .ringing }) else { return }
        carryOut(calls[id]!.act(.answer, byPartyAt: index, at: Timestamp.now), of: id)
    }

    /// The other side hangs up: the first party that is nobody's agent, else the one that called. Does nothing if the
    /// call is over.
    public func end(call id: String) {
        guard let call = calls[id] else { return }
        let index = call.parties.firstIndex { $0.agent == nil && $0.state != .released } ?? 0
        carryOut(calls[id]!.act(.hangup, byPartyAt: index, at: Timestamp.now), of: id)
    }

    /// Sets user data as a routing strategy would: every agent on the call is told.
    public func update(call id: String, userData: String) throws {
        guard calls[id] != nil else { throw SimulatorError.noSuchCall(id) }
        let data = try Self.parse(userData)?.members ?? []
        carryOut(calls[id]!.act(.updateUserData(data), byPartyAt: 0, at: Timestamp.now), of: id)
    }

    /// What the agent does at its telephone or in its own desktop.
    package func act(_ operation: CallOperation, in id: String, by agent: String) {
        guard let index = calls[id]?.parties.firstIndex(where: { $0.agent == agent }) else { return }
        carryOut(calls[id]!.act(operation, byPartyAt: index, at: Timestamp.now), of: id)
    }

    /// Sends the agent's sessions any notification. `data` is JSON and goes out byte for byte.
    @discardableResult
    public func push(_ data: String, on channel: String, to agent: String) throws -> EmittedNotification {
        guard agents[agent] != nil else { throw SimulatorError.noSuchAgent(agent) }
        let json = try? JSON(parsing: data)
        return emit(
            data, on: channel, to: agent, callID: json?["call"]?["id"]?.string,
            type: json?["notificationType"]?.string ?? json?["messageType"]?.string)
    }

    private static func parse(_ text: String?) throws -> JSON? {
        do {
            return try text.map { text throws(JSON.ParsingError) in try JSON(parsing: text) }
        } catch { throw SimulatorError.notJSON("\(error)") }
    }
}

// MARK: - What goes wrong

extension Simulator {
    /// Sets a fault; returns a number to remove it by.
    @discardableResult
    public func inject(_ fault: Fault) -> Int { faults.add(fault) }

    public func removeFault(_ number: Int) { faults.remove(number) }

    public func removeFaults() { faults.removeAll() }

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
        for name in agent.map({ [$0] }) ?? agentNames { agents[name]?.isRefused = refuses }
    }

    /// Whether CometD handshakes are refused by policy: `403::Handshake denied`, advice `none`.
    public func denyHandshakes(_ denies: Bool = true, of agent: String? = nil) {
        for name in agent.map({ [$0] }) ?? agentNames { agents[name]?.mayNotSubscribe = denies }
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
        calls = [:]
        for name in agentNames { agents[name]?.calls = [] }
    }
}

// MARK: - What happened

extension Simulator {
    /// Requests to GWS, without those to the CometD endpoint.
    public func requests(after sequence: Int = 0) -> [JournaledRequest] { journal.requests(after: sequence) }

    /// Requests to the CometD endpoint.
    public func conversations(after sequence: Int = 0) -> [JournaledRequest] {
        journal.conversations(after: sequence)
    }

    /// All notifications produced, delivered or not.
    public func notifications(after sequence: Int = 0) -> [EmittedNotification] {
        journal.notifications(after: sequence)
    }

    /// Empties the journal; the numbers in it go on.
    public func clearJournal() { journal.clear() }

    /// The next request, of either kind, that has been answered (or cut) and meets the condition. Earlier ones, back
    /// to `sequence`, count too.
    ///
    /// - Throws: `SimulatorError.stopped`, and `CancellationError`.
    public func request(
        after sequence: Int = 0, where isMet: @escaping @Sendable (JournaledRequest) -> Bool
    ) async throws -> JournaledRequest {
        let earlier = journal.requests(after: sequence) + journal.conversations(after: sequence)
        if let found = earlier.first(where: { $0.isAnswered && isMet($0) }) { return found }
        guard
            case .request(let request) = try await wait(where: { entry in
                guard case .request(let request) = entry else { return false }
                return request.sequence > sequence && isMet(request)
            })
        else { throw SimulatorError.stopped }
        return request
    }

    /// The next notification that meets the condition; earlier ones, back to `sequence`, count too.
    public func notification(
        after sequence: Int = 0, where isMet: @escaping @Sendable (EmittedNotification) -> Bool
    ) async throws -> EmittedNotification {
        if let found = journal.notifications(after: sequence).first(where: isMet) { return found }
        guard
            case .notification(let notification) = try await wait(where: { entry in
                guard case .notification(let notification) = entry else { return false }
                return notification.sequence > sequence && isMet(notification)
            })
        else { throw SimulatorError.stopped }
        return notification
    }

    /// Returns as soon as a connect of the agent is being held.
    public func heldPoll(of agent: String) async throws {
        if cometD.clients(of: agent).contains(where: { heldPolls[$0] != nil }) { return }
        _ = try await wait(where: { entry in
            guard case .poll(agent) = entry else { return false }
            return true
        })
    }

    /// Returns as soon as the agent has no CometD session, expired or ended.
    public func noClient(of agent: String) async throws {
        if cometD.clients(of: agent).isEmpty { return }
        _ = try await wait(where: { entry in
            guard case .gone(agent) = entry else { return false }
            return true
        })
    }

    private func wait(where isMet: @escaping @Sendable (Journal.Entry) -> Bool) async throws -> Journal.Entry
    {
        let stream = journal.entry(where: isMet)
        for await entry in stream { return entry }
        try Task.checkCancellation()
        throw SimulatorError.stopped
    }
}

// MARK: - How it stands

/// How the simulator stands, for tests and people.
public struct CallSummary: Sendable, Hashable {
    public struct Party: Sendable, Hashable {
        public let agent: String?
        public let number: String
        public let state: String
    }

    public let id: String
    public let recordingState: String
    public let parties: [Party]
}

extension Simulator {
    public var currentCalls: [CallSummary] { calls.values.map(Self.summary).sorted { $0.id < $1.id } }

    /// Nil if the call is over.
    public func call(_ id: String) -> CallSummary? { calls[id].map(Self.summary) }

    /// How many CometD sessions the agent, or all agents, have.
    public func clientCount(of agent: String? = nil) -> Int { cometD.clients(of: agent).count }

    /// How many connects are being held.
    public var heldPollCount: Int { heldPolls.count }

    private static func summary(_ call: CallModel) -> CallSummary {
        CallSummary(
            id: call.id, recordingState: call.recording.rawValue,
            parties: call.parties.map { .init(agent: $0.agent, number: $0.number, state: $0.state.rawValue) })
    }
}
