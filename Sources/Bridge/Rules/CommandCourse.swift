package import GWS

/// What is to be done next with a command that may be sent: the way from the queue to its final outcome.
///
/// It decides and does nothing. Whoever carries it out comes back with what happened and is told the next step;
/// ``RetryPolicy`` and ``Completion`` know the rules of the two halves of the way.
package struct CommandCourse: Sendable {
    package enum Step: Sendable, Hashable {
        case send
        /// Read what the command changes.
        case look
        /// Nothing, until then (Unix milliseconds) or until something is seen.
        case wait(until: Int64)
        case end(CommandOutcome)
    }

    /// What a command asks for.
    package struct Plan: Sendable {
        /// Whether there is a state change that shows that it was done.
        package let isVisible: Bool
        package let isRepeatable: Bool
        /// Whether to wait for that change; if not, what GWS took is final.
        package let confirms: Bool
        /// Milliseconds that the change of what GWS took has to show.
        package let confirmWithin: Int64
        /// Milliseconds that the change of what GWS may have got has to show before it is sent again: however little
        /// its producer wants to wait, it must not be done twice.
        package let settleWithin: Int64
        /// Unix milliseconds; from then on nothing is sent.
        package let deadline: Int64
        /// Whether the producer set it, and not the configured lifetime.
        package let hasOwnDeadline: Bool
        /// Unix milliseconds; by then it has its outcome, if it is GWS's to give.
        package let end: Int64

        package init(
            isVisible: Bool, isRepeatable: Bool, confirms: Bool, confirmWithin: Int64, settleWithin: Int64,
            deadline: Int64, hasOwnDeadline: Bool, end: Int64 = .max
        ) {
            self.isVisible = isVisible
            self.isRepeatable = isRepeatable
            self.confirms = confirms
            self.confirmWithin = confirmWithin
            self.settleWithin = settleWithin
            self.deadline = deadline
            self.hasOwnDeadline = hasOwnDeadline
            self.end = end
        }
    }

    /// What became of it before this delivery.
    package enum Past: Sendable, Hashable {
        /// GWS certainly did not get it.
        case unsent(attempts: Int)
        /// GWS may have got it; Unix milliseconds where known.
        case doubtful(String, attempts: Int, sentAt: Int64?)
        /// GWS took it at that time, in Unix milliseconds.
        case accepted(at: Int64, attempts: Int)
    }

    private enum Stage: Sendable {
        case unsent
        /// What GWS did not get, or may get twice, waits for its next attempt.
        case pausing(after: Outcome)
        case completing(Completion)
        /// It was found not to have been done. Not sent again, it ends as this.
        case undone(CommandOutcome)
    }

    package let plan: Plan
    package private(set) var attempts: RetryPolicy.Attempts
    private let past: Past
    private let policy: RetryPolicy
    private var stage = Stage.unsent

    package init(_ plan: Plan, past: Past = .unsent(attempts: 0), policy: RetryPolicy = RetryPolicy()) {
        self.plan = plan
        self.past = past
        self.policy = policy
        let (count, doubt): (Int, String?) =
            switch past {
            case .unsent(let count), .accepted(_, let count): (count, nil)
            case .doubtful(let doubt, let count, _): (count, doubt)
            }
        attempts = RetryPolicy.Attempts(
            count: count, doubt: doubt, isRepeatable: plan.isRepeatable, deadline: plan.deadline)
    }

    /// Whether GWS has taken it: the next of its lane need not wait.
    package var isAccepted: Bool {
        if case .completing(let completion) = stage, case .isDone = completion.question {
            true
        } else {
            false
        }
    }

    /// Whether what an agent's notifications show may be of this command.
    package var mayBeSeen: Bool {
        if case .undone = stage { return true }
        return isAccepted || attempts.isInDoubt
    }

    // MARK: - The way

    /// The first step of this delivery.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func begin(now: Int64) -> Step {
        switch past {
        case .accepted(let time, _):
            guard plan.isVisible, plan.confirms else { return .end(CommandOutcome(.accepted)) }
            stage = .completing(
                Completion(
                    // The clock may have been set back since.
                    .isDone(answer: nil), since: min(time, now), within: plan.confirmWithin,
                    deadline: plan.deadline, end: plan.end))
            return .look
        case .doubtful(let doubt, _, let sentAt):
            if plan.isRepeatable, now < plan.deadline { return .send }
            let unsettled = CommandOutcome(
                .unknown, reason: doubt,
                detail: "It was delivered before, and whether GWS got it then is not known.")
            return settle(unsettled, since: min(sentAt ?? now, now))
        case .unsent:
            return now < plan.deadline ? .send : .end(late)
        }
    }

    private var late: CommandOutcome {
        CommandOutcome(
            .expired, reason: (plan.hasOwnDeadline ? CommandOutcome.Expiry.deadline : .lifetime).rawValue,
            detail: "Its time passed before it was sent.")
    }

    /// It was to be sent, and its time is over.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func cameTooLate(now: Int64) -> Step { isNotSent(late, now: now) }

    /// It was to be sent, and will not be.
    ///
    /// - Parameters:
    ///   - outcome: what it ends as where this is all that there is to say.
    ///   - now: Unix milliseconds.
    package mutating func isNotSent(_ outcome: CommandOutcome, now: Int64) -> Step {
        switch stage {
        case .pausing(let last): follow(policy.overdue(last, attempts), after: last, now: now)
        case .undone(let unsettled): .end(unsettled)
        case .unsent where attempts.isInDoubt:
            settle(
                CommandOutcome(
                    .unknown, reason: attempts.doubt ?? CommandOutcome.redelivered,
                    detail: "Whether GWS got it is not known, and it is not sent again."), since: now)
        case .unsent, .completing: .end(outcome)
        }
    }

    /// An attempt has ended.
    ///
    /// - Parameters:
    ///   - heldBefore: whether it stood so before it was sent.
    ///   - now: Unix milliseconds.
    ///   - jitter: a random number in 0..<1.
    package mutating func sent(
        _ outcome: Outcome, heldBefore: Bool, now: Int64, jitter: @autoclosure () -> Double
    ) -> Step {
        attempts.ended(outcome)
        let decision = policy.decide(outcome, after: attempts, now: now, jitter: jitter())
        return follow(decision, after: outcome, heldBefore: heldBefore, now: now)
    }

    /// Something was seen of it; nil if that means nothing.
    package func saw(_ sighting: Sighting) -> CommandOutcome? {
        switch stage {
        case .completing(let completion): completion.decide(sighting)
        case .unsent, .pausing, .undone:
            if case .changed = sighting, mayBeSeen {
                // An earlier attempt's.
                Completion(.wasGot(unsettled: CommandOutcome(.unknown)), since: 0, within: 0, deadline: 0)
                    .decide(sighting)
            } else {
                nil
            }
        }
    }

    /// The time of a wait is over.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func timePassed(now: Int64) -> Step {
        switch stage {
        case .completing: .look
        // The policy saw to it that there is time; a suspended process may have slept longer.
        case .unsent, .pausing, .undone: now < plan.deadline ? .send : cameTooLate(now: now)
        }
    }

    /// What the command changes was read.
    ///
    /// - Parameters:
    ///   - isSuperseded: whether a later command changed the same thing.
    ///   - isBeforeKnown: whether it is known how it stood before.
    ///   - now: Unix milliseconds.
    ///   - jitter: a random number in 0..<1.
    package mutating func looked(
        _ look: Completion.Look, isSuperseded: Bool, isBeforeKnown: Bool = true, now: Int64, jitter: Double
    ) -> Step {
        guard case .completing(var completion) = stage else { return timePassed(now: now) }
        let next = completion.looked(
            look, isSuperseded: isSuperseded, isBeforeKnown: isBeforeKnown, now: now, jitter: jitter)
        stage = .completing(completion)
        return step(next)
    }

    // MARK: - Between

    private mutating func follow(
        _ decision: RetryPolicy.Decision, after outcome: Outcome, heldBefore: Bool = false, now: Int64
    ) -> Step {
        switch decision {
        case .again(let pause):
            stage = .pausing(after: outcome)
            return .wait(until: now.saturatingAdd(pause.milliseconds))
        case .accepted:
            let answer = outcome.as(.accepted)
            guard plan.isVisible, plan.confirms else { return .end(answer) }
            return complete(
                Completion(
                    .isDone(answer: answer), since: now, within: plan.confirmWithin, deadline: plan.deadline,
                    end: plan.end, heldBefore: heldBefore))
        case .final(let outcome): return .end(outcome)
        case .settle(let unsettled): return settle(unsettled, since: now)
        }
    }

    private mutating func settle(_ unsettled: CommandOutcome, since: Int64) -> Step {
        guard plan.isVisible else { return .end(unsettled) }
        return complete(
            Completion(
                .wasGot(unsettled: unsettled), since: since, within: plan.settleWithin,
                deadline: plan.deadline, end: plan.end))
    }

    private mutating func complete(_ completion: Completion) -> Step {
        stage = .completing(completion)
        return step(completion.begin())
    }

    private mutating func step(_ step: Completion.Step) -> Step {
        switch step {
        case .wait(let until): return .wait(until: until)
        case .look: return .look
        case .end(let outcome): return .end(outcome)
        case .sendAgain(let unsettled):
            attempts.wereNotDone()
            stage = .undone(unsettled)
            return .send
        }
    }
}
