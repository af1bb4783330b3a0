internal import AMQP
internal import GWS
internal import Logging

/// Brings one command to its outcome, and the outcome to whoever waits for it.
struct CommandHandler: Sendable {
    let sessions: Sessions
    let names: Names
    let publisher: Publisher
    let policy = RetryPolicy()
    let logger: Logger

    /// - Throws: `CancellationError`; then the command is not settled.
    func handle(_ work: CommandDesk.Work, at desk: CommandDesk) async throws {
        switch work {
        case .answer(let request, let verdict, let isDuplicate):
            try await answer(request, verdict, isDuplicate: isDuplicate)
            await desk.settle([request])
        case .send(let request, let command, let doubt):
            let verdict = try await send(command, request.envelope, doubt: doubt, desk: desk)
            let others = await desk.finish(request, command, verdict, at: UnixTime.now())
            try await answer(request, verdict, isDuplicate: false)
            for other in others { try await answer(other, verdict, isDuplicate: true) }
            await desk.settle([request] + others)
        }
    }

    // MARK: - To GWS

    private func send(
        _ command: Command, _ envelope: Envelope, doubt: String?, desk: CommandDesk
    ) async throws -> Verdict {
        var attempts = RetryPolicy.Attempts(
            count: 0, doubt: doubt, isRepeatable: command.isRepeatable, deadline: envelope.deadline)
        if let doubt, !command.isRepeatable {
            let detail = "It was delivered before, and whether GWS got it then is not known."
            return verdict(.init(.unknown, reason: doubt, detail: detail), attempts, envelope, nil)
        }
        guard let session = sessions[command.agent] else {
            preconditionFailure("a command was read for an agent that is served")
        }
        var firstFailedAt: Int64?
        while true {
            guard UnixTime.now() < envelope.deadline else {
                return verdict(expiry(of: envelope, after: attempts), attempts, envelope, firstFailedAt)
            }
            let outcome = await session.perform(command.operation)
            try Task.checkCancellation()
            attempts.count += 1
            let now = UnixTime.now()
            switch policy.decide(outcome, after: attempts, now: now, jitter: .random(in: 0..<1)) {
            case .final(let outcome):
                log(outcome, command, envelope)
                return verdict(outcome, attempts, envelope, outcome.kind.isDeadLettered ? firstFailedAt : nil)
            case .again(let pause):
                firstFailedAt = firstFailedAt ?? now
                if case .unknown(let doubt) = outcome.kind {
                    attempts.doubt = attempts.doubt ?? doubt.rawValue
                }
                logger.debug(
                    "Sending again after a pause",
                    metadata: [
                        LogKeys.command: "\(envelope.id)", LogKeys.attempt: "\(attempts.count)",
                        LogKeys.reason: "\(outcome.kind)", LogKeys.pause: "\(pause)",
                    ])
                guard await desk.mayRetry else { throw CancellationError() }
                try await ContinuousClock().sleep(for: pause)
                guard await desk.mayRetry else { throw CancellationError() }
            }
        }
    }

    private func expiry(of envelope: Envelope, after attempts: RetryPolicy.Attempts) -> CommandOutcome {
        if let doubt = attempts.doubt {
            let detail = "GWS may have got it, and its time passed before that was settled."
            return CommandOutcome(.unknown, reason: doubt, detail: detail)
        }
        return CommandOutcome(
            .expired, reason: envelope.hasOwnDeadline ? "deadline" : "lifetime",
            detail: "Its time passed before it was sent.")
    }

    private func verdict(
        _ outcome: CommandOutcome, _ attempts: RetryPolicy.Attempts, _ envelope: Envelope,
        _ firstFailedAt: Int64?
    ) -> Verdict {
        let elapsed = max(0, UnixTime.now() - envelope.arrivedAt)
        return Verdict(
            outcome, attempts: attempts.count, acceptedAfter: outcome.kind == .accepted ? elapsed : nil,
            finishedAfter: elapsed, firstFailedAt: firstFailedAt)
    }

    private func log(_ outcome: CommandOutcome, _ command: Command, _ envelope: Envelope) {
        let level: Logger.Level = outcome.kind == .accepted ? .debug : .info
        logger.log(
            level: level, "A command has its outcome",
            metadata: [
                LogKeys.command: "\(envelope.id)", LogKeys.agent: "\(command.agent)",
                LogKeys.operation: "\(command.operation.name)", LogKeys.outcome: "\(outcome.kind)",
                LogKeys.reason: "\(outcome.reason ?? "")",
            ])
    }

    // MARK: - To the broker

    private func answer(_ request: CommandDesk.Request, _ verdict: Verdict, isDuplicate: Bool) async throws {
        let now = UnixTime.now()
        let reply = Reply(to: request.envelope, verdict, names: names, at: now)
        var messages: [AMQPMessage] = []
        if let message = reply.toRequester(isDuplicate: isDuplicate) { messages.append(message) }
        if !isDuplicate {
            messages.append(reply.toOutcomes())
            if verdict.outcome.kind.isDeadLettered {
                let letter = DeadLetter(
                    request.delivery.message, envelope: request.envelope, verdict: verdict, names: names,
                    at: now)
                try await publishUntilTaken(letter.message)
            }
        }
        for (message, settlement) in zip(messages, try await publisher.publish(messages)) {
            if case .invalid(let reason) = settlement {
                logger.error(
                    "An answer cannot be sent",
                    metadata: [
                        LogKeys.command: "\(request.envelope.id)", LogKeys.what: "\(message.exchange)",
                        LogKeys.reason: "\(reason)",
                    ])
            }
        }
    }

    /// A dead letter that no queue takes would be lost, so its command waits until there is one.
    private func publishUntilTaken(_ letter: AMQPMessage) async throws {
        var attempts = 0
        while true {
            switch try await publisher.publish([letter])[0] {
            case .confirmed: return
            case .returned, .invalid:
                attempts += 1
                logger.error(
                    "No queue takes a dead letter",
                    metadata: [LogKeys.queue: "\(names.deadLetters)", LogKeys.attempt: "\(attempts)"])
                let pause = Backoff.session.pause(after: attempts, jitter: .random(in: 0..<1))
                try await ContinuousClock().sleep(for: pause)
            }
        }
    }
}
