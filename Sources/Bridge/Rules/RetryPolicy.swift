package import GWS

/// When a POST is repeated, and what a command ends as.
///
/// What GWS certainly did not get is sent again, within the command's time. What it may have got is sent again only
/// where twice is the same as once, and then a refusal no longer tells whether the first was done.
package struct RetryPolicy: Sendable {
    package enum Decision: Sendable, Hashable {
        case final(CommandOutcome)
        /// After a pause.
        case again(Duration)
    }

    /// What is known of a command when an attempt has ended.
    package struct Attempts: Sendable, Hashable {
        /// How many there were.
        package private(set) var count: Int
        /// Why GWS may have got an earlier one than the last; nil if it certainly did not.
        package private(set) var doubt: String?
        /// What the last one leaves open.
        private var lastDoubt: String?
        package let isRepeatable: Bool
        /// Unix milliseconds; from then on nothing is sent.
        package let deadline: Int64

        package init(count: Int = 0, doubt: String?, isRepeatable: Bool, deadline: Int64) {
            self.count = count
            self.doubt = doubt
            self.isRepeatable = isRepeatable
            self.deadline = deadline
        }

        package mutating func ended(_ outcome: Outcome) {
            count += 1
            doubt = doubt ?? lastDoubt
            if case .unknown(let doubt) = outcome.kind { lastDoubt = doubt.rawValue }
        }
    }

    package let backoff: Backoff

    package init(backoff: Backoff = .operation) {
        self.backoff = backoff
    }

    /// What there is to say before anything is sent; nil if it may be.
    ///
    /// - Parameters:
    ///   - hasOwnDeadline: whether the producer set the deadline, and not the configured lifetime.
    ///   - now: Unix milliseconds.
    package func decideBefore(_ attempts: Attempts, hasOwnDeadline: Bool, now: Int64) -> CommandOutcome? {
        if let doubt = attempts.doubt, !attempts.isRepeatable || now >= attempts.deadline {
            return CommandOutcome(
                .unknown, reason: doubt,
                detail: "It was delivered before, and whether GWS got it then is not known.")
        }
        guard now >= attempts.deadline else { return nil }
        return CommandOutcome(
            .expired, reason: (hasOwnDeadline ? CommandOutcome.Expiry.deadline : .lifetime).rawValue,
            detail: "Its time passed before it was sent.")
    }

    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - jitter: a random number in 0..<1.
    package func decide(_ outcome: Outcome, after attempts: Attempts, now: Int64, jitter: Double) -> Decision
    {
        switch outcome.kind {
        case .accepted:
            return .final(outcome.as(.accepted))
        case .refused(let refusal):
            guard let doubt = attempts.doubt else {
                return .final(outcome.as(.refused, reason: refusal.rawValue))
            }
            return .final(
                outcome.as(
                    .unknown, reason: doubt,
                    detail: "GWS may have got an earlier attempt, and refused to do it again."))
        case .unreachable:
            let pause = pause(for: outcome, attempts.count, jitter)
            return isInTime(pause, now: now, attempts.deadline)
                ? .again(pause) : .final(overdue(outcome, attempts))
        case .unknown:
            let pause = pause(for: outcome, attempts.count, jitter)
            if attempts.isRepeatable, isInTime(pause, now: now, attempts.deadline) { return .again(pause) }
            return .final(overdue(outcome, attempts))
        }
    }

    /// What a command ends as that is not sent again.
    package func overdue(_ last: Outcome, _ attempts: Attempts) -> CommandOutcome {
        switch last.kind {
        case .unreachable(let reason):
            guard let doubt = attempts.doubt else { return last.as(.unreachable, reason: reason.rawValue) }
            return last.as(
                .unknown, reason: doubt,
                detail: "GWS may have got an earlier attempt, and was not reached again in time.")
        case .unknown(let doubt): return last.as(.unknown, reason: attempts.doubt ?? doubt.rawValue)
        case .refused(let refusal): return last.as(.refused, reason: refusal.rawValue)
        case .accepted: return last.as(.accepted)
        }
    }

    private func pause(for outcome: Outcome, _ count: Int, _ jitter: Double) -> Duration {
        max(backoff.pause(after: count, jitter: jitter), outcome.retryAfter ?? .zero)
    }

    private func isInTime(_ pause: Duration, now: Int64, _ deadline: Int64) -> Bool {
        let (then, overflowed) = now.addingReportingOverflow(pause.milliseconds)
        return !overflowed && then < deadline
    }
}

extension Outcome {
    fileprivate func `as`(
        _ kind: CommandOutcome.Kind, reason: String? = nil, detail: String? = nil
    ) -> CommandOutcome {
        CommandOutcome(
            kind, reason: reason, detail: detail ?? self.detail, httpStatus: httpStatus,
            statusCode: statusCode,
            statusMessage: statusMessage)
    }
}

extension Duration {
    /// Whole milliseconds, as many as fit.
    package var milliseconds: Int64 {
        let (milliseconds, overflowed) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflowed { return components.seconds < 0 ? .min : .max }
        let sum = milliseconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000_000)
        return sum.overflow ? .max : sum.partialValue
    }
}
