internal import AMQP
internal import Logging

// The way back to the broker: replies, outcomes, dead letters. Each is confirmed before the command is settled.
extension CommandHandler {
    /// GWS has taken it, and what it does is still to be seen.
    func tellAcceptance(
        of item: CommandCase, _ reach: CommandDesk.Reach, at desk: CommandDesk
    ) async throws {
        await desk.accepted(item, reach)
        guard item.acceptedAfter != nil, !item.isAcceptanceTold else { return }
        item.isAcceptanceTold = true
        try await publish(acceptance(of: item), of: item.request)
    }

    /// The final outcome, after the interim one if that was not told.
    func tellEnd(of item: CommandCase, _ verdict: Verdict) async throws {
        let wasTaken = item.acceptedAfter != nil && verdict.outcome.kind != .accepted
        let before = wasTaken && !item.isAcceptanceTold ? acceptance(of: item) : []
        let isAcceptanceTold = item.isAcceptanceTold || !before.isEmpty
        let messages = before + messages(verdict, to: item.request, afterAccepted: isAcceptanceTold)
        try await putAside(item.request, verdict)
        try await publish(messages, of: item.request)
    }

    private func acceptance(of item: CommandCase) -> [AMQPMessage] {
        messages(
            item.verdict(CommandOutcome(.accepted, httpStatus: 200, statusCode: 0), isFinal: false),
            to: item.request)
    }

    /// - Parameter isDuplicate: the requester sent a command that had been sent before, and gets the first one's
    ///   outcome; nobody else hears of it.
    func tell(_ verdict: Verdict, to request: CommandRequest, isDuplicate: Bool = false) async throws {
        if !isDuplicate { try await putAside(request, verdict) }
        try await publish(messages(verdict, to: request, isDuplicate: isDuplicate), of: request)
    }

    private func messages(
        _ verdict: Verdict, to request: CommandRequest, afterAccepted: Bool = false, isDuplicate: Bool = false
    ) -> [AMQPMessage] {
        let reply = Reply(to: request.envelope, verdict, names: names, at: UnixTime.now())
        var messages: [AMQPMessage] = []
        if request.envelope.wants(verdict, afterAccepted: afterAccepted),
            let message = reply.toRequester(isDuplicate: isDuplicate)
        {
            messages.append(message)
        }
        if !isDuplicate { messages.append(reply.toOutcomes()) }
        return messages
    }

    /// What came to the wrong place goes to the right one, and waits until that takes it.
    ///
    /// - Returns: what it ends as where it cannot.
    func pass(on message: AMQPMessage) async throws -> CommandOutcome? {
        var attempts = 0
        while true {
            switch try await publisher.publish([message])[0] {
            case .confirmed: return nil
            case .invalid(let reason):
                return Rejection(.invalidParameter, "The command cannot be passed on: \(reason).").outcome
            case .returned, .refused:
                attempts += 1
                try await pause(after: attempts, "No queue takes a command that is passed on", message)
            }
        }
    }

    /// Says what is the matter, and waits before the next attempt.
    private func pause(after attempts: Int, _ what: Logger.Message, _ message: AMQPMessage) async throws {
        logger.error(
            what, metadata: [LogKeys.queue: "\(message.exchange)", LogKeys.attempt: "\(attempts)"])
        try await ContinuousClock().sleep(
            for: Backoff.session.pause(after: attempts, jitter: .random(in: 0..<1)))
    }

    /// While there is no broker another process may have been given the command: then it is told by that.
    private func publish(_ messages: [AMQPMessage], of request: CommandRequest) async throws {
        try await whenCertain(request)
        let settlements = try await publisher.publish(messages, keepingOrder: messages.count > 1) {
            isOurs(request)
        }
        for (message, settlement) in zip(messages, settlements) {
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

    /// Returns when it is certain that this process, and no other, tells what became of it.
    ///
    /// - Throws: ``NotOurs``, where it is another's; `CancellationError`.
    private func whenCertain(_ request: CommandRequest) async throws {
        while let shard = request.shard, sessions.isContested(shard), !request.isOurs() {
            try await ContinuousClock().sleep(for: .milliseconds(100))
        }
        guard isOurs(request) else { throw NotOurs() }
    }

    /// Whether it is for this process to end: not where another serves by now the shard that it came by.
    func isOurs(_ request: CommandRequest) -> Bool { request.shard.map(sessions.serves) ?? true }

    /// A dead letter that no queue takes would be lost, so its command waits until one does.
    private func putAside(_ request: CommandRequest, _ verdict: Verdict) async throws {
        guard verdict.outcome.kind.isDeadLettered else { return }
        let letter = DeadLetter(
            request.message, envelope: request.envelope, verdict: verdict, names: names, at: UnixTime.now())
        var message = letter.message
        var attempts = 0
        try await whenCertain(request)
        while true {
            switch try await publisher.publish([message], while: { isOurs(request) })[0] {
            case .confirmed: return
            case .invalid(let reason) where message != letter.bare:
                logger.error(
                    "A dead letter goes without its own properties", metadata: [LogKeys.reason: "\(reason)"])
                message = letter.bare
            case .invalid(let reason):
                logger.critical("A dead letter was lost", metadata: [LogKeys.reason: "\(reason)"])
                return
            case .returned:
                attempts += 1
                try await pause(after: attempts, "No queue takes a dead letter", message)
                // The next connection declares the queue, should it be gone.
                await publisher.renewConnection()
            case .refused:
                attempts += 1
                try await pause(after: attempts, "The queue of dead letters refuses one", message)
            }
        }
    }
}
