// What happens at telephones, as tests make it happen.

extension Simulator {
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

    static func parse(_ text: String?) throws -> JSON? {
        do {
            return try text.map { text throws(JSON.ParsingError) in try JSON(parsing: text) }
        } catch { throw SimulatorError.notJSON("\(error)") }
    }
}
