internal import GWS

/// Ends what a session is busy with when its polls have not been answered for longer than they may take, whatever holds
/// them up. Bounds of its own end every request before that.
///
/// - Throws: ``SessionStuck``; what `body` throws.
func watching(
    _ session: AgentSession, margin: Duration = SessionStatus.margin,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        group.addTask { try await body() }
        group.addTask { try await whenStuck(session, margin) }
        defer { group.cancelAll() }
        try await group.next()
    }
}

/// A session whose polls have not been answered for too long.
struct SessionStuck: Error, CustomStringConvertible {
    let age: Duration

    var description: String { "no poll was answered for \(age.components.seconds) s" }
}

private func whenStuck(_ session: AgentSession, _ margin: Duration) async throws -> Never {
    let clock = ContinuousClock()
    while true {
        try await clock.sleep(for: margin)
        guard let age = session.status.overdue(at: clock.now, margin: margin) else { continue }
        // Who was suspended has not polled either: there is time for one more.
        let last = session.status.lastPollAnswered
        try await clock.sleep(for: margin)
        if session.status.lastPollAnswered == last { throw SessionStuck(age: age + margin) }
    }
}
