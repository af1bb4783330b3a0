package import GWS

/// When a POST is repeated, and what a command ends as of which GWS has spoken.
///
/// What GWS certainly did not get is sent again, within the command's time. What it may have got is sent again only
/// where twice is the same as once; of all else it has to be settled first whether it was done (``Completion``).
package struct RetryPolicy: Sendable {
    package enum Decision: Sendable, Hashable {
        case accepted
        case final(CommandOutcome)
        /// After a pause.
        case again(Duration)
        /// GWS may have got it.
        ///
        /// - Parameter unsettled: what the command ends as where nothing settles it.
        case settle(unsettled: CommandOutcome)
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

        /// Whether GWS may have got any of them.
        package var isInDoubt: Bool { doubt != nil || lastDoubt != nil }

        package mutating func ended(_ outcome: Outcome) {
            count += 1
            doubt = doubt ?? lastDoubt
            lastDoubt = if case .unknown(let doubt) = outcome.kind { doubt.rawValue } else { nil }
        }

        /// It was found out that none of them was carried out.
        package mutating func wereNotDone() {
            doubt = nil
            lastDoubt = nil
        }
    }

    package let backoff: Backoff

    package init(backoff: Backoff = .operation) {
        self.backoff = backoff
    }

    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - jitter: a random number in 0..<1; most outcomes need none.
    package func decide(
        _ outcome: Outcome, after attempts: Attempts, now: Int64, jitter: @autoclosure () -> Double
    ) -> Decision {
        switch outcome.kind {
        case .accepted:
            return .accepted
        case .refused(let refusal):
            guard let doubt = attempts.doubt else {
                return .final(outcome.as(.refused, reason: refusal.rawValue))
            }
            return .settle(
                unsettled: outcome.as(
                    .unknown, reason: doubt,
                    detail: "GWS may have got an earlier attempt, and refused to do it again."))
        case .unreachable(let reason):
            if let pause = pause(for: outcome, attempts, now, jitter()) { return .again(pause) }
            guard let doubt = attempts.doubt else {
                return .final(outcome.as(.unreachable, reason: reason.rawValue))
            }
            return .settle(
                unsettled: outcome.as(
                    .unknown, reason: doubt,
                    detail: "GWS may have got an earlier attempt, and was not reached again in time."))
        case .unknown(let doubt):
            if attempts.isRepeatable, let pause = pause(for: outcome, attempts, now, jitter()) {
                return .again(pause)
            }
            return .settle(unsettled: outcome.as(.unknown, reason: attempts.doubt ?? doubt.rawValue))
        }
    }

    /// What comes of a command that is not sent again.
    package func overdue(_ last: Outcome, _ attempts: Attempts) -> Decision {
        decide(last, after: attempts, now: .max, jitter: 0)
    }

    /// Until the next attempt; nil where there would be no time for it.
    private func pause(
        for outcome: Outcome, _ attempts: Attempts, _ now: Int64, _ jitter: Double
    ) -> Duration? {
        let pause = max(
            backoff.pause(after: attempts.count, jitter: jitter), outcome.retryAfter ?? .zero)
        return now.saturatingAdd(pause.milliseconds) < attempts.deadline ? pause : nil
    }
}

extension Outcome {
    /// In the words of an outcome.
    func `as`(
        _ kind: CommandOutcome.Kind, reason: String? = nil, detail: String? = nil
    ) -> CommandOutcome {
        CommandOutcome(
            kind, reason: reason, detail: detail ?? self.detail, httpStatus: httpStatus,
            statusCode: statusCode,
            statusMessage: statusMessage)
    }
}
