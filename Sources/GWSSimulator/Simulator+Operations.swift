extension Simulator {
    /// A POST to a call. Later ones to devices, channels and `me` belong here too.
    func operate(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        let segments = request.path.split(separator: "/").dropFirst(2)
        guard request.method == "POST", segments.count == 3, segments.starts(with: ["me", "calls"]),
            let id = segments.last.map(String.init)
        else { throw .noSuchResource(request.path) }
        let body: JSON
        do { body = try JSON(parsing: request.body) } catch { throw .notJSON }
        let operation = try CallOperation(body: body)
        guard agent.calls.contains(id), calls[id] != nil else { throw .noSuchCall(id) }
        let effects = try calls[id]!.perform(
            operation, for: agent.name, mayRecord: configuration.mayRecord, at: Timestamp.now)
        carryOut(effects, of: id)
        return .accepted
    }
}
