/// Brings a command that GWS took, or may have taken, to its final outcome: by what its notifications show, else by
/// reading what it changes.
///
/// GWS's 200 means that it took the operation, not that the switch did it (HTCC API reference, AsynchronousEvents).
/// The change has its time to show, then the call is read. Of a command that GWS may have got, reading also tells
/// whether it may be sent again: after that time the call must stand as it did before.
package struct Completion: Sendable {
    package enum Question: Sendable, Hashable {
        /// GWS took it, in these words; nil where they are not known any more.
        case isDone(answer: CommandOutcome?)
        /// GWS may have got it. Unsettled, it ends as this.
        case wasGot(unsettled: CommandOutcome)
    }

    package enum Step: Sendable, Hashable {
        /// For a notification, until then (Unix milliseconds).
        case wait(until: Int64)
        /// Read what the command changes.
        case look
        /// It was not done. Where it is not sent again, it ends as this.
        case sendAgain(unsettled: CommandOutcome)
        case end(CommandOutcome)
    }

    /// What reading showed.
    package enum Look: Sendable, Hashable {
        /// GWS could not be asked, or would not say.
        case failed(String)
        /// There is nothing that could be read.
        case impossible
        /// Nothing will be seen or read any more, for this reason.
        case over(String)
        /// - Parameters:
        ///   - shows: whether it is as the command wants it.
        ///   - isAsBefore: whether it stands as it did before, and the change would be visible.
        ///   - isOver: whether the call is over.
        case seen(shows: Bool, isAsBefore: Bool, isOver: Bool, CommandOutcome.CallGlimpse?)
    }

    package let question: Question
    private let heldBefore: Bool
    /// Unix milliseconds: from then on it should show.
    private let shownBy: Int64
    /// Unix milliseconds: until then GWS is asked again where it does not answer.
    private let askUntil: Int64
    /// Unix milliseconds: from then on nothing is sent.
    private let deadline: Int64
    private var failures = 0

    /// - Parameters:
    ///   - since: Unix milliseconds when it was sent, or taken.
    ///   - within: milliseconds that the change has to show.
    ///   - deadline: Unix milliseconds; from then on nothing is sent.
    ///   - end: Unix milliseconds; it does not wait longer, nor much longer where GWS does not answer.
    ///   - heldBefore: whether it stood so before the command was sent.
    package init(
        _ question: Question, since: Int64, within: Int64, deadline: Int64, end: Int64 = .max,
        heldBefore: Bool = false
    ) {
        self.question = question
        self.heldBefore = heldBefore
        self.deadline = deadline
        shownBy = min(since.saturatingAdd(within), max(since, end))
        let again = min(
            shownBy.saturatingAdd(max(within, Self.patience)),
            max(end, shownBy.saturatingAdd(Self.patience)))
        switch question {
        case .isDone: askUntil = again
        case .wasGot: askUntil = max(again, min(deadline, end))
        }
    }

    /// Milliseconds that GWS has at least, where it cannot be read.
    private static let patience: Int64 = 5000

    // MARK: - Deciding

    package func begin() -> Step {
        switch question {
        case .isDone: .wait(until: shownBy)
        // It may be there already.
        case .wasGot: .look
        }
    }

    /// What a sighting means for it; nil if nothing.
    package func decide(_ sighting: Sighting) -> CommandOutcome? {
        switch (sighting, question) {
        case (.changed(let messageID, let notificationType, let already), _):
            return confirmed(.event(messageID: messageID, notificationType: notificationType), already)
        case (.failed(let message, _), .isDone(let answer)):
            return refused(message, answer)
        case (.failed(let message, isNamed: true), .wasGot): return refused(message, nil)
        case (.callEnded(let glimpse), .isDone(let answer)):
            return unconfirmed(
                .callEnded, "The call ended before the change was seen.", answer, glimpse)
        case (.failed, .wasGot), (.callEnded, .wasGot): return nil
        }
    }

    /// - Parameters:
    ///   - isSuperseded: whether a later command changed the same thing.
    ///   - isBeforeKnown: whether it is known how it stood before.
    ///   - now: Unix milliseconds.
    package mutating func looked(
        _ look: Look, isSuperseded: Bool, isBeforeKnown: Bool = true, now: Int64, jitter: Double
    ) -> Step {
        switch look {
        case .seen(shows: true, _, _, _):
            var already = heldBefore
            if case .wasGot = question {
                // It may be what was before, and about to change.
                if !isBeforeKnown, now < shownBy { return .wait(until: shownBy) }
                already = true
            }
            return .end(confirmed(.reading, already))
        case .seen(_, let isAsBefore, let isOver, let glimpse):
            return unseen(isAsBefore: isAsBefore, isOver: isOver, isSuperseded: isSuperseded, glimpse, now)
        case .impossible:
            if now < shownBy { return .wait(until: shownBy) }
            return .end(
                missing(isSuperseded: isSuperseded, "No notification showed the change; it cannot be read."))
        case .over(let why):
            return .end(missing(isSuperseded: isSuperseded, why))
        case .failed(let why):
            guard now < askUntil else {
                return .end(missing(isSuperseded: isSuperseded, "GWS could not be read: \(why)."))
            }
            failures += 1
            let pause = Backoff.operation.pause(after: failures, jitter: jitter).milliseconds
            return .wait(until: min(now.saturatingAdd(pause), askUntil))
        }
    }

    private func unseen(
        isAsBefore: Bool, isOver: Bool, isSuperseded: Bool, _ glimpse: CommandOutcome.CallGlimpse?,
        _ now: Int64
    ) -> Step {
        if now < shownBy, !isOver { return .wait(until: shownBy) }
        switch question {
        case .isDone(let answer):
            if isOver { return .end(unconfirmed(.callEnded, "The call is over.", answer, glimpse)) }
            if isSuperseded {
                return .end(
                    unconfirmed(
                        .superseded, "A later command of the call changed the same thing.", answer, glimpse))
            }
            return .end(
                unconfirmed(.noChange, "Neither a notification nor the call shows it.", answer, glimpse))
        case .wasGot(var unsettled):
            unsettled.lastSeen = glimpse
            return isAsBefore && now < deadline ? .sendAgain(unsettled: unsettled) : .end(unsettled)
        }
    }

    // MARK: - In words

    private func missing(isSuperseded: Bool, _ detail: String) -> CommandOutcome {
        switch question {
        case .isDone(let answer):
            unconfirmed(isSuperseded ? .superseded : .noChange, detail, answer, nil)
        case .wasGot(let unsettled): unsettled
        }
    }

    private func confirmed(
        _ means: CommandOutcome.Confirmation.Means, _ already: Bool
    ) -> CommandOutcome {
        var outcome = CommandOutcome(.confirmed)
        if case .isDone(let answer?) = question { outcome.answer(answer) }
        outcome.confirmation = CommandOutcome.Confirmation(means, already: already)
        return outcome
    }

    private func unconfirmed(
        _ reason: CommandOutcome.Missing, _ detail: String, _ answer: CommandOutcome?,
        _ glimpse: CommandOutcome.CallGlimpse?
    ) -> CommandOutcome {
        var outcome = CommandOutcome(.unconfirmed, reason: reason.rawValue, detail: detail, lastSeen: glimpse)
        if let answer { outcome.answer(answer) }
        return outcome
    }

    private func refused(_ message: String?, _ answer: CommandOutcome?) -> CommandOutcome {
        var outcome = CommandOutcome(
            .refused, reason: CommandOutcome.errorMessage,
            detail: message ?? "GWS told of a failure after it had taken the operation, and said no more.")
        if let answer { outcome.answer(answer) }
        return outcome
    }
}

extension CommandOutcome {
    /// Takes over what GWS answered.
    fileprivate mutating func answer(_ answer: CommandOutcome) {
        httpStatus = answer.httpStatus
        statusCode = answer.statusCode
        statusMessage = answer.statusMessage
    }
}
