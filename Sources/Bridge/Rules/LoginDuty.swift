package import GWS

/// When the bridge logs an agent in at the contact centre, and when it lets that be.
///
/// Once, after the first subscriptions. After a lost session of notifications GWS goes on as before. After a lost HTTP
/// session the agent may have been logged out along with it, and only where a device says so the bridge does it again;
/// never after somebody commanded the agent's logging out.
package struct LoginDuty: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case nothing
        case start
        /// See what the devices say, and let ``looked(isLoggedOut:)`` decide.
        case look
    }

    private enum State: Sendable, Hashable {
        /// It is not ours to do.
        case observing
        /// Not done yet.
        case due
        /// GWS may have done it, and its answer was lost.
        case inDoubt
        case done
        /// Somebody commanded the agent's logging out.
        case released
    }

    private var state: State

    package init(_ login: AgentConfiguration.Login) {
        state = login == .observe ? .observing : .due
    }

    /// What is to be done now that the session has begun, or begun anew; asked again where that failed.
    package func step(after reason: SessionEvent.StartReason) -> Step {
        switch (state, reason) {
        case (.observing, _), (.released, _): .nothing
        case (.due, _): .start
        case (.inDoubt, _): .look
        // First it is for a session that another one of the same agent has handed over to.
        case (.done, .loginLost), (.done, .first): .look
        case (.done, .forgotten), (.done, .advised): .nothing
        }
    }

    /// - Parameter isLoggedOut: what the devices say; nil if none says anything of it.
    /// - Returns: whether to start.
    package mutating func looked(isLoggedOut: Bool?) -> Bool {
        switch (state, isLoggedOut) {
        case (.observing, _), (.released, _): return false
        case (_, true?), (.due, _): return true
        // To do it a second time is less harm than never.
        case (.inDoubt, nil): return true
        case (.inDoubt, false?), (.done, _):
            state = .done
            return false
        }
    }

    /// It is about to be sent.
    package mutating func starting() {
        if state == .due || state == .done { state = .inDoubt }
    }

    /// GWS answered.
    package mutating func started(_ isDone: Bool) {
        if state == .inDoubt { state = isDone ? .done : .due }
    }

    /// Somebody commanded it through this bridge.
    package mutating func commanded(_ login: CommandedLogin) {
        guard state != .observing else { return }
        switch login {
        case .start: state = .done
        case .end, .offline: state = .released
        case .online: break
        }
    }

    /// Whether to log the agent out when the session ends.
    package var mustEnd: Bool { state == .done || state == .inDoubt }
}
