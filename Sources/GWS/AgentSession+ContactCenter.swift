import Logging
import RawJSON

/// What a command about the agent's log-in at the contact centre asked for.
public enum CommandedLogin: Sendable, Hashable {
    case start, end
}

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

    /// A command may log the agent in or out as well, and the latter ends the HTTP session.
    func noteCommand(_ operation: OperationRequest, _ posted: Posted) {
        guard operation.path == "/me" else { return }
        switch (operation.name, posted.outcome.kind) {
        case ("StartContactCenterSession", .accepted), ("StartContactCenterSession", .refused(.partial)):
            commandedLogin = .start
        // Done or not, it was wanted.
        case ("EndContactCenterSession", .unknown): commandedLogin = .end
        case ("EndContactCenterSession", .accepted):
            commandedLogin = .end
            logger.info("An operation logged the agent out")
            if let sentWith = posted.sentWith { noteEnd(of: sentWith) }
        default: break
        }
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
