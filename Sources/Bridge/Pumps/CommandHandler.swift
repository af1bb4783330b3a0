internal import AMQP
internal import GWS
internal import Logging
internal import Metrics

/// Brings one command to its outcome: carries out what its ``CommandCourse`` decides, step by step.
///
/// +Sending is the way to GWS, +Looking the reading of what a command changed, +Answering the way back to the broker.
struct CommandHandler: Sendable {
    let sessions: Sessions
    let ledger: Ledger
    let names: Names
    let bindings: AgentBindings
    let publisher: Publisher
    let metrics: BridgeMetrics
    let logger: Logger

    /// What one who carries out a step comes back with.
    struct Progress {
        var step: CommandCourse.Step
        var reach = CommandDesk.Reach.notTried
    }

    /// - Throws: `CancellationError`, ``NotOurs``; then the command is not settled.
    func handle(_ work: CommandDesk.Work, at desk: CommandDesk) async throws {
        switch work {
        case .carryOn(let item): try await carryOn(item, at: desk)
        case .duplicate(let request, let verdict):
            metrics.duplicates.increment()
            try await tell(verdict, to: request, isDuplicate: true)
            await desk.acknowledge(request)
        case .answer(let request, let verdict, let isRecorded):
            var entry = LedgerEntry(
                id: request.envelope.id, stage: .ended, deliveryCount: request.delivery.deliveryCount,
                arrivedAt: request.envelope.arrivedAt, attempts: verdict.attempts, verdict: verdict)
            if !isRecorded {
                try await ledger.record([entry])
                metrics.ended(request.envelope.address.operationName, as: verdict.outcome.kind)
            }
            try await tell(verdict, to: request)
            entry.stage = .told
            ledger.note([entry])
            try await settle(request, verdict, at: desk)
        case .reroute(let request, let message):
            if let agent = request.envelope.address.agent,
                let binding = bindings.missing(for: agent, under: request.message.routingKey)
            {
                try await publisher.bind(binding)
            }
            if let outcome = try await pass(on: message) {
                return try await handle(.answer(request, Verdict(outcome), isRecorded: false), at: desk)
            }
            let others = await desk.settle(request)
            // The copy may be here already. It comes again as a redelivery, and was not sent by anybody.
            let known = try await ledger.entries(of: others.map(\.envelope.id))
            ledger.note(
                others.compactMap { other in
                    // Of any other somebody may know more.
                    guard !other.delivery.isRedelivered, known[ExactID(string: other.envelope.id)] == nil
                    else { return nil }
                    return LedgerEntry(
                        id: other.envelope.id, stage: .held, deliveryCount: other.delivery.deliveryCount,
                        arrivedAt: other.envelope.arrivedAt)
                })
            for other in others { await desk.giveBack(other) }
        }
    }

    private func carryOn(_ item: CommandCase, at desk: CommandDesk) async throws {
        var progress = Progress(step: begin(item))
        while true {
            switch progress.step {
            case .send: progress = try await send(item, at: desk)
            case .look: progress.step = try await look(item)
            case .wait(let until):
                item.waitsUntil = until
                if item.course.isAccepted {
                    try await tellAcceptance(of: item, progress.reach, at: desk)
                    progress.reach = .notTried
                    // Of an agent who has been removed nothing will be seen; of one whom another process serves, by that.
                    switch sessions.place(of: item.command.agent) {
                    case .here, .soonHere: break
                    case .elsewhere, .nowhere:
                        progress.step = .look
                        continue
                    }
                }
                if await desk.wait(item, progress.reach) { return }
                progress = Progress(step: goOn(item))
            case .end(let outcome):
                try await end(item, outcome, progress.reach, at: desk)
                return
            }
        }
    }

    /// The first step, or what follows a wait.
    private func begin(_ item: CommandCase) -> CommandCourse.Step {
        if item.hasBegun { return goOn(item) }
        item.hasBegun = true
        let step = item.course.begin(now: item.now)
        // Of what GWS has, or may have, there may be something to see.
        if item.course.mayBeSeen, let watch = sessions.watch(of: item.command.agent) {
            expect(item, before: nil, in: watch)
            if item.course.isAccepted { _ = watch.accept(item.number) }
        }
        return step
    }

    private func goOn(_ item: CommandCase) -> CommandCourse.Step {
        if let outcome = seen(item) { return .end(outcome) }
        // What was seen means nothing for it.
        if item.now < item.waitsUntil { return .wait(until: item.waitsUntil) }
        return item.course.timePassed(now: item.now)
    }

    /// What the agent's notifications have shown of it.
    func seen(_ item: CommandCase) -> CommandOutcome? {
        guard item.course.mayBeSeen, let watch = sessions.watch(of: item.command.agent),
            let sighting = watch.sighting(of: item.number)
        else { return nil }
        let outcome = item.course.saw(sighting)
        if outcome == nil { watch.dismissSighting(of: item.number) }
        return outcome
    }

    private func end(
        _ item: CommandCase, _ outcome: CommandOutcome, _ reach: CommandDesk.Reach, at desk: CommandDesk
    ) async throws {
        if let watch = sessions.watch(of: item.command.agent) {
            if case .refused = outcome.kind, outcome.reason != CommandOutcome.errorMessage {
                watch.refuse(item.number)
            } else {
                watch.remove(item.number)
            }
        }
        guard isOurs(item.request) else { throw NotOurs() }
        let verdict = item.verdict(outcome)
        item.entry.verdict = verdict
        item.entry.attempts = verdict.attempts
        item.entry.stage = .ended
        try await ledger.record([item.entry])
        await desk.ended(item, reach)
        metrics.ended(item.operation.name, as: outcome.kind)
        metrics.commandFinal.recordMilliseconds(verdict.finishedAfter)
        log(item, outcome)
        try await tellEnd(of: item, verdict)
        item.entry.stage = .told
        ledger.note([item.entry])
        try await settle(item.request, verdict, at: desk)
    }

    private func settle(_ request: CommandRequest, _ verdict: Verdict, at desk: CommandDesk) async throws {
        for other in await desk.settle(request) {
            metrics.duplicates.increment()
            try await tell(verdict, to: other, isDuplicate: true)
            await desk.acknowledge(other)
        }
    }

    private func log(_ item: CommandCase, _ outcome: CommandOutcome) {
        let isGood = outcome.kind == .accepted || outcome.kind == .confirmed
        logger.log(
            level: isGood ? .debug : .info, "A command has its outcome",
            metadata: [
                LogKeys.command: "\(item.envelope.id.printable)", LogKeys.agent: "\(item.command.agent)",
                LogKeys.operation: "\(item.operation.name)", LogKeys.outcome: "\(outcome.kind)",
                LogKeys.reason: "\(outcome.reason ?? "")",
            ])
    }
}
