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
        case .duplicate(let request, let verdict):
            try await answer(request, verdict, isDuplicate: true)
            await desk.acknowledge(request)
        case .answer(let request, let verdict):
            try await conclude(request, verdict, at: desk)
        case .send(let request, let command, let doubt):
            let verdict = try await send(command, request.envelope, doubt: doubt)
            await desk.finish(request, command, verdict, at: UnixTime.now())
            try await conclude(request, verdict, at: desk)
        }
    }

    private func conclude(_ request: CommandDesk.Request, _ verdict: Verdict, at desk: CommandDesk)
        async throws
    {
        try await answer(request, verdict, isDuplicate: false)
        for other in await desk.settle(request) {
            try await answer(other, verdict, isDuplicate: true)
            await desk.acknowledge(other)
        }
    }

    // MARK: - To GWS

    private func send(_ command: Command, _ envelope: Envelope, doubt: String?) async throws -> Verdict {
        var operation = command.operation
        var attempts = RetryPolicy.Attempts(
            doubt: doubt, isRepeatable: command.isRepeatable, deadline: envelope.deadline)
        var progress = Progress(envelope: envelope)
        if let settled = policy.decideBefore(
            attempts, hasOwnDeadline: envelope.hasOwnDeadline, now: UnixTime.now())
        {
            return progress.verdict(settled, attempts)
        }
        var last: Outcome?
        while true {
            // It may have been removed, or begun anew, while the command waited.
            guard let session = sessions[command.agent] else {
                let rejection = Rejection(.agentUnknown, "This bridge does not serve the agent any more.")
                return progress.verdict(
                    last.map { policy.overdue($0, attempts) } ?? rejection.outcome, attempts)
            }
            let outcome: Outcome
            let attempt = await session.operating {
                await self.attempt(&operation, in: session, before: envelope.deadline)
            }
            switch attempt {
            case .success(let answer): outcome = answer
            case .failure(let rejection): return progress.verdict(rejection.outcome, attempts)
            }
            try Task.checkCancellation()
            progress.deviceID = operation.deviceID
            attempts.ended(outcome)
            last = outcome
            let now = UnixTime.now()
            switch policy.decide(outcome, after: attempts, now: now, jitter: .random(in: 0..<1)) {
            case .final(let outcome):
                log(outcome, command, envelope)
                return progress.verdict(outcome, attempts)
            case .again(let pause):
                progress.firstFailedAt = progress.firstFailedAt ?? now
                logger.debug(
                    "Sending again after a pause",
                    metadata: [
                        LogKeys.command: "\(envelope.id.printable)", LogKeys.attempt: "\(attempts.count)",
                        LogKeys.reason: "\(outcome.kind)", LogKeys.pause: "\(pause)",
                    ])
                try await ContinuousClock().sleep(for: pause)
                // The policy saw to it that there is time; a suspended process may have slept longer.
                if UnixTime.now() >= envelope.deadline {
                    return progress.verdict(policy.overdue(outcome, attempts), attempts)
                }
            }
        }
    }

    /// Asks GWS for what the command leaves out, and sends it. Where GWS cannot be asked nothing was sent.
    private func attempt(
        _ operation: inout OperationDraft, in session: AgentSession, before deadline: Int64
    ) async -> Result<Outcome, Rejection> {
        do {
            if operation.lacksDevice {
                operation.deviceID = try onlyDevice(try await session.deviceIDs(before: deadline))
            }
            var apiURL = ""
            if let call = operation.callWhoseAPIURLIsNeeded {
                apiURL = try await session.apiURL(readingCall: call, before: deadline)
            }
            return .success(await session.perform(try operation.request(apiURL: apiURL), before: deadline))
        } catch let error as GWSError {
            return .success(Outcome(beforeSending: error))
        } catch let rejection as Rejection {
            return .failure(rejection)
        } catch {
            preconditionFailure("finding out what a command leaves out throws two kinds of errors")
        }
    }

    private func onlyDevice(_ ids: [String]) throws(Rejection) -> String {
        guard let id = ids.first, ids.count == 1 else {
            let count = ids.isEmpty ? "no device" : "\(ids.count) devices"
            throw Rejection(
                .missingParameter, "The agent has \(count); a deviceId is needed.", field: "/deviceId")
        }
        return id
    }

    /// What a verdict says beside its outcome.
    private struct Progress {
        let envelope: Envelope
        var firstFailedAt: Int64?
        var deviceID: String?

        func verdict(_ outcome: CommandOutcome, _ attempts: RetryPolicy.Attempts) -> Verdict {
            let elapsed = (ContinuousClock.now - envelope.arrival).milliseconds
            return Verdict(
                outcome, attempts: attempts.count, acceptedAfter: outcome.kind == .accepted ? elapsed : nil,
                finishedAfter: elapsed, firstFailedAt: firstFailedAt, deviceID: deviceID)
        }
    }

    private func log(_ outcome: CommandOutcome, _ command: Command, _ envelope: Envelope) {
        let level: Logger.Level = outcome.kind == .accepted ? .debug : .info
        logger.log(
            level: level, "A command has its outcome",
            metadata: [
                LogKeys.command: "\(envelope.id.printable)", LogKeys.agent: "\(command.agent)",
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
                try await putAside(
                    DeadLetter(
                        request.delivery.message, envelope: request.envelope, verdict: verdict, names: names,
                        at: now))
            }
        }
        for (message, settlement) in zip(messages, try await publisher.publish(messages)) {
            switch settlement {
            // A requester that has gone is no error.
            case .confirmed, .returned: continue
            case .refused, .invalid:
                logger.error(
                    "An answer was not taken by the broker",
                    metadata: [
                        LogKeys.command: "\(request.envelope.id.printable)",
                        LogKeys.what: "\(message.exchange)",
                        LogKeys.reason: "\(settlement)",
                    ])
            }
        }
    }

    /// A dead letter that no queue takes would be lost, so its command waits until one does.
    private func putAside(_ letter: DeadLetter) async throws {
        var message = letter.message
        var attempts = 0
        while true {
            switch try await publisher.publish([message])[0] {
            case .confirmed: return
            case .invalid(let reason) where message != letter.bare:
                logger.error(
                    "A dead letter goes without its own properties", metadata: [LogKeys.reason: "\(reason)"])
                message = letter.bare
            case .invalid(let reason):
                logger.critical("A dead letter was lost", metadata: [LogKeys.reason: "\(reason)"])
                return
            case .returned, .refused:
                attempts += 1
                logger.error(
                    "No queue takes a dead letter",
                    metadata: [LogKeys.queue: "\(names.deadLetters)", LogKeys.attempt: "\(attempts)"])
                try await ContinuousClock().sleep(
                    for: Backoff.session.pause(after: attempts, jitter: .random(in: 0..<1)))
                // The next connection declares the queue, should it be gone.
                await publisher.renewConnection()
            }
        }
    }
}
