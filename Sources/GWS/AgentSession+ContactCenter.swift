import Logging
import RawJSON

// The agent's own log-in, at the switch. That of this client at GWS is another matter, and its own.
extension AgentSession {
    /// Logs the agent in on a place.
    ///
    /// - Parameter deadline: Unix milliseconds.
    public func startContactCenterSession(
        _ options: ContactCenterOptions, before deadline: Int64 = .max
    ) async -> ContactCenterStart {
        let posted = await post(options.operation, to: "/me", before: deadline)
        return ContactCenterStart(posted.outcome, body: posted.body)
    }

    /// Logs the agent out. GWS's HTTP session ends with it: nothing can be asked of it any more.
    ///
    /// - Parameter deadline: Unix milliseconds.
    public func endContactCenterSession(before deadline: Int64 = .max) async -> Outcome {
        let posted = await post(
            Array(#"{"operationName":"EndContactCenterSession"}"#.utf8), to: "/me", before: deadline,
            leaving: true)
        if let sentWith = posted.sentWith { forgetHTTPSession(of: sentWith.login) }
        return posted.outcome
    }

    /// Whether GWS says that the agent is logged out, on all devices that say anything of it; nil if none does.
    public func isLoggedOutOfContactCenter() async throws(GWSError) -> Bool? {
        let states =
            try await devices()["devices"]?.elements
            .compactMap { $0["userState"]?["state"]?.string } ?? []
        return states.isEmpty ? nil : states.allSatisfy { $0 == "LoggedOut" }
    }

    /// A command may log the agent in or out as well, and one of them ends the HTTP session.
    func noteCommand(_ operation: OperationRequest, _ posted: Posted) {
        guard let command = operation.login, command.isWanted(posted.outcome.kind) else { return }
        loginCommands.add(command)
        guard command == .end, posted.outcome.kind == .accepted, let sentWith = posted.sentWith else {
            return
        }
        logger.info("An operation logged the agent out")
        noteEnd(of: sentWith)
    }

    /// Others may have found out before the answer came, and have opened another HTTP session: that one goes on.
    private func noteEnd(of ended: (login: Int, httpSession: Int)) {
        forgetHTTPSession(of: ended.login)
        guard notificationSession == ended.httpSession else { return }
        isLoggedOut = true
        // Its last notifications may be under way; after them nothing comes any more.
        if let poll { transport.pull(poll, after: .milliseconds(250)) }
    }
}
