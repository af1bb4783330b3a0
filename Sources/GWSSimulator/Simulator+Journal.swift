// What was asked and told, to be read or awaited.

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

    /// The JSESSIONIDs and CSRF tokens that there are just now: what nobody but their client should ever see.
    public var sessionSecrets: Set<String> {
        Set(httpSessions.sessions.values.flatMap { [$0.id, $0.csrfToken] })
    }

    /// How many notifications have been produced; also the number of the last.
    public var notificationCount: Int { journal.notificationCount }

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

    /// How many wait for an entry.
    package var journalWaiterCount: Int { journal.waiterCount }

    /// Returns as soon as a connect of the agent is being held.
    public func heldPoll(of agent: String) async throws {
        guard agents[agent] != nil else { throw SimulatorError.noSuchAgent(agent) }
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
        let (waiter, stream) = journal.entry(where: isMet)
        defer { journal.stopWaiting(waiter) }
        for await entry in stream { return entry }
        try Task.checkCancellation()
        throw SimulatorError.stopped
    }
}
