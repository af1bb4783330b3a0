package import GWS

/// When the bridge logs an agent in at the contact centre, and when it lets that be.
///
/// Once, after the first subscriptions. With a session of notifications or of HTTP that was lost the agent may have
/// been logged out, GWS does not say when it does that, and only where a device says so the bridge does it again. So it
/// is after a refusal: a process before this one may have logged the agent in.
///
/// Never after somebody commanded the agent's logging out, until the contrary is commanded. After an
/// EndContactCenterSession the agent is nothing to the bridge any more. An Offline leaves a contact-centre session that
/// has a place and perhaps other channels than voice: one that the bridge began it ends at its stop as ever.
package struct LoginDuty: Sendable, Hashable {
    package enum Step: Sendable, Hashable {
        case nothing
        case start
        /// See what the devices say, and let ``looked(isLoggedOut:)`` decide.
        case look
    }

    package enum Answer: Sendable, Hashable {
        case done, refused
        /// GWS certainly did not get it.
        case notSent
        /// GWS may have done it.
        case lost
    }

    private enum State: Sendable, Hashable {
        /// It is not ours to do.
        case observing
        /// Not done yet.
        case due
        /// GWS may have done it, and its answer was lost.
        case inDoubt
        /// GWS would not, perhaps because it was done before.
        case refused
        case done
        /// Somebody commanded the agent's logging out.
        case released
    }

    private var state: State
    /// By command, whoever had logged the agent in.
    private var isOffline = false

    package init(_ login: AgentConfiguration.Login) {
        state = login == .observe ? .observing : .due
    }

    /// What is to be done now that the session has begun, or begun anew; asked again where that failed.
    package var step: Step {
        switch state {
        case _ where isOffline: .nothing
        case .observing, .released: .nothing
        case .due: .start
        case .inDoubt, .refused, .done: .look
        }
    }

    /// - Parameter isLoggedOut: what the devices say; nil if none says anything of it.
    /// - Returns: whether to start.
    package mutating func looked(isLoggedOut: Bool?) -> Bool {
        switch (state, isLoggedOut) {
        case _ where isOffline: return false
        case (.observing, _), (.released, _): return false
        case (_, true?), (.due, _): return true
        // To do it a second time is less harm than never.
        case (.inDoubt, nil), (.refused, nil): return true
        case (.inDoubt, false?), (.refused, false?), (.done, _):
            state = .done
            return false
        }
    }

    /// It is about to be sent.
    package mutating func starting() {
        if state == .due || state == .refused || state == .done { state = .inDoubt }
    }

    /// What came of it.
    package mutating func started(_ answer: Answer) {
        guard state == .inDoubt else { return }
        switch answer {
        case .done: state = .done
        case .refused: state = .refused
        case .notSent: state = .due
        case .lost: break
        }
    }

    /// Somebody commanded it through this bridge.
    package mutating func commanded(_ login: CommandedLogin) {
        guard state != .observing else { return }
        switch login {
        case .start: state = .done
        case .end: state = .released
        case .offline, .online: break
        }
        isOffline = login == .offline
    }

    /// Whether to log the agent out when the session ends.
    package var mustEnd: Bool { state == .done || state == .inDoubt }
}
