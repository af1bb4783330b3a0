// What happens at telephones, as tests make it happen.

extension Simulator {
    /// Makes a call from outside ring at the agent, and returns its id.
    ///
    /// - Parameter userData: A JSON object, `{"PhoneNumber":"5001"}`.
    @discardableResult
    public func ring(agent: String, from number: String = "+493012345", userData: String? = nil) throws
        -> String
    {
        guard let callee = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        return try call(from: (nil, number), to: callee.phoneNumber, userData)
    }

    /// Makes a call from one agent's telephone ring at another's, and returns its id. Both have a leg of it.
    @discardableResult
    public func ring(agent: String, fromAgent caller: String, userData: String? = nil) throws -> String {
        guard let callee = agents[agent] else { throw SimulatorError.noSuchAgent(agent) }
        return try dial(callee.phoneNumber, fromAgent: caller, userData: userData)
    }

    /// The agent dials a number at its telephone. Returns the call's id.
    @discardableResult
    public func dial(_ number: String, fromAgent caller: String, userData: String? = nil) throws -> String {
        guard let agent = agents[caller] else { throw SimulatorError.noSuchAgent(caller) }
        return try call(from: (caller, agent.phoneNumber), to: number, userData)
    }

    private func call(from caller: (agent: String?, number: String), to number: String, _ userData: String?)
        throws -> String
    {
        let begun = try switchboard.call(
            from: caller, to: number, userData: try Self.userData(userData),
            telephones: installation, at: Timestamp.now)
        carryOut(begun.effects)
        return begun.id
    }

    /// The telephone at which it rings is picked up; that of `party`, an agent or a number, if it rings at several.
    /// Does nothing if none rings.
    public func answer(call id: String, party: String? = nil) throws {
        guard let call = switchboard.call(id) else { throw SimulatorError.noSuchCall(id) }
        let ringing = call.parties.filter { $0.state == .ringing }
        guard let found = party.map({ Self.find($0, in: ringing) }) ?? ringing.first else { return }
        try act(.answer, by: found)
    }

    /// The other side hangs up: the first party that is nobody's agent, else the one that called. Does nothing if the
    /// call is over.
    public func end(call id: String) {
        guard let parties = switchboard.call(id)?.parties,
            let other = parties.first(where: { $0.agent == nil }) ?? parties.first
        else { return }
        // Who is on the call may leave it.
        try? act(.hangup, by: other)
    }

    /// That party, an agent or a number, hangs up, or does not take the call that rings.
    public func hangUp(_ party: String, in call: String) throws {
        try act(.hangup, by: try find(party, in: call))
    }

    /// A party, an agent or a number, does at its telephone what an agent may ask of GWS.
    ///
    /// - Parameter operation: As it is posted to a call, `{"operationName":"Hold"}`.
    public func act(_ operation: String, in id: String, party: String) throws {
        let found = try find(party, in: id)
        try act(try CallOperation(body: try Self.parse(operation) ?? [:]), by: found)
    }

    /// Sets user data as a routing strategy would: every agent on the call is told.
    public func update(call id: String, userData: String) throws {
        guard let party = switchboard.call(id)?.parties.first else { throw SimulatorError.noSuchCall(id) }
        try act(.updateUserData(try Self.userData(userData)), by: party)
    }

    private func act(_ operation: CallOperation, by party: CallModel.Party) throws {
        carryOut(
            try switchboard.perform(
                operation, on: party.identity.id, by: party.person, telephones: installation,
                at: Timestamp.now))
    }

    private func find(_ party: String, in id: String) throws -> CallModel.Party {
        guard let call = switchboard.call(id) else { throw SimulatorError.noSuchCall(id) }
        guard let found = Self.find(party, in: call.parties) else { throw SimulatorError.noSuchParty(party) }
        return found
    }

    private static func find(_ name: String, in parties: [CallModel.Party]) -> CallModel.Party? {
        parties.first { $0.agent == name } ?? parties.first { $0.number == name }
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

    private static func userData(_ text: String?) throws -> [JSON.Member] {
        let json = try parse(text) ?? [:]
        guard json.isObject else { throw SimulatorError.notAnObject("userData") }
        return json.members
    }

    static func parse(_ text: String?) throws -> JSON? {
        do {
            return try text.map { text throws(JSON.ParsingError) in try JSON(parsing: text) }
        } catch { throw SimulatorError.notJSON("\(error)") }
    }
}
