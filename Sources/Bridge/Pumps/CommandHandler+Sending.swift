internal import AMQP
internal import GWS
internal import Logging
internal import Metrics
internal import RawJSON

// The way to GWS: one attempt.
extension CommandHandler {
    func send(_ item: CommandCase, at desk: CommandDesk) async throws -> Progress {
        let agent = item.command.agent
        guard try await isOurs(item, at: desk) else {
            return Progress(step: .wait(until: item.now + Self.fencePause))
        }
        // It may have been removed, or begun anew, while the command waited.
        guard let session = sessions[agent], let watch = sessions.watch(of: agent) else {
            return Progress(step: try unserved(item))
        }
        // Who is not listened to yet cannot be seen to do anything.
        if awaitsSession(item, session) { return Progress(step: .wait(until: item.now + Self.sessionPause)) }
        let result = try await session.operating { try await self.attempt(item, in: session, watch) }
        switch result {
        case .step(let step): return Progress(step: step)
        case .ended(let outcome, let heldBefore): return try judge(outcome, heldBefore, of: item, watch)
        }
    }

    /// Whether its agent's session is just beginning, and there is time to wait for it.
    private func awaitsSession(_ item: CommandCase, _ session: AgentSession) -> Bool {
        guard item.course.plan.isVisible, item.course.plan.confirms, item.course.attempts.count == 0 else {
            return false
        }
        switch session.status.phase {
        case .idle, .starting:
            return item.elapsed < Self.sessionPatience
                && item.now.saturatingAdd(2 * Self.sessionPatience) < item.course.plan.deadline
        case .polling, .renewing, .failed: return false
        }
    }

    /// Milliseconds after which is looked again whether the agent's session has begun.
    static let sessionPause: Int64 = 50
    /// Milliseconds.
    private static let sessionPatience: Int64 = 2000

    /// Milliseconds after which is asked again whether the broker has been heard.
    private static let fencePause: Int64 = 250

    /// Whether the command may be sent by this process, and now: the broker gives what it has delivered to another when
    /// it takes the link for dead, and a process that was suspended learns of it last.
    ///
    /// - Throws: ``NotOurs``, where the broker may have given it to another.
    private func isOurs(_ item: CommandCase, at desk: CommandDesk) async throws -> Bool {
        if item.request.isOurs() { return true }
        guard let request = await desk.request(of: item) else { throw NotOurs() }
        item.follow(request)
        return request.isOurs()
    }

    /// The agent has been removed since the command came, or its session is still to begin, or is another process's.
    ///
    /// - Throws: ``NotOurs``, where it is another's.
    private func unserved(_ item: CommandCase) throws -> CommandCourse.Step {
        switch sessions.place(of: item.command.agent) {
        // Here: it came in this moment.
        case .here, .soonHere:
            return item.now < item.course.plan.deadline
                ? .wait(until: item.now + Self.sessionPause) : item.course.cameTooLate(now: item.now)
        case .elsewhere: if item.request.shard != nil { throw NotOurs() }
        case .nowhere: break
        }
        let rejection = Rejection(.agentUnknown, "This bridge does not serve the agent any more.")
        return item.course.isNotSent(rejection.outcome, now: item.now)
    }

    private enum Attempted {
        /// Nothing was sent.
        case step(CommandCourse.Step)
        case ended(Outcome, heldBefore: Bool)
    }

    /// Asks GWS for what the command leaves out, notes what is about to be done, and sends it.
    private func attempt(
        _ item: CommandCase, in session: AgentSession, _ watch: AgentWatch
    ) async throws -> Attempted {
        let request: OperationRequest
        do {
            request = try await complete(&item.operation, in: session, before: item.envelope.deadline)
        } catch let error as GWSError {
            return .ended(Outcome(beforeSending: error), heldBefore: false)
        } catch let rejection as Rejection {
            return .step(.end(rejection.outcome))
        }
        var before: RawJSON?
        var isBeforeCertain = false
        if let change = item.command.change {
            (before, isBeforeCertain) = watch.resource(change, of: item.operation, for: item.number)
            // What is about to change would tell of the wrong command.
            if !isBeforeCertain, !change.comparesWithBefore { before = nil }
        }
        let untried = item.entry
        item.entry.stage = .sent
        item.entry.sentAt = item.now
        item.entry.attempts = item.course.attempts.count + 1
        if let change = item.command.change, change.isReadable, item.course.attempts.doubt == nil {
            item.entry.before = isBeforeCertain ? before.map(change.aspect) : nil
        }
        try await ledger.record([item.entry])
        // Writing takes its time, above all in a process that was suspended meanwhile.
        let isTooLate = item.now >= item.course.plan.deadline
        guard !isTooLate, item.request.isOurs() else {
            item.entry = untried
            ledger.note([item.entry])
            return .step(
                isTooLate ? item.course.cameTooLate(now: item.now) : .wait(until: item.now + Self.fencePause))
        }
        let expectation = expect(item, before: before, in: watch)
        let source = item.request
        let outcome = await session.perform(request, before: item.envelope.deadline) { source.isOurs() }
        return .ended(outcome, heldBefore: expectation?.heldBefore ?? false)
    }

    @discardableResult
    func expect(_ item: CommandCase, before: RawJSON?, in watch: AgentWatch) -> ExpectedChange? {
        guard item.course.plan.confirms, let change = item.command.change else { return nil }
        let cause = Expectations.Cause(
            commandID: item.envelope.id, traceparent: item.envelope.traceparent,
            tracestate: item.envelope.tracestate)
        return watch.expect(change, of: item.number, operation: item.operation, cause: cause, before: before)
    }

    private func complete(
        _ operation: inout OperationDraft, in session: AgentSession, before deadline: Int64
    ) async throws -> OperationRequest {
        if operation.lacksDevice {
            operation.deviceID = try onlyDevice(try await session.deviceIDs(before: deadline))
        }
        var apiURL = ""
        if let call = operation.callWhoseAPIURLIsNeeded {
            apiURL = try await session.apiURL(readingCall: call, before: deadline)
        }
        return try operation.request(apiURL: apiURL)
    }

    private func onlyDevice(_ ids: [String]) throws(Rejection) -> String {
        guard let id = ids.first, ids.count == 1 else {
            let count = ids.isEmpty ? "no device" : "\(ids.count) devices"
            throw Rejection(
                .missingParameter, "The agent has \(count); a deviceId is needed.", field: "/deviceId")
        }
        return id
    }

    /// What the outcome of an attempt means, noted in the ledger before anything else can go wrong.
    private func judge(
        _ outcome: Outcome, _ heldBefore: Bool, of item: CommandCase, _ watch: AgentWatch
    ) throws -> Progress {
        let now = item.now
        var step = item.course.sent(outcome, heldBefore: heldBefore, now: now, jitter: .random(in: 0..<1))
        item.entry.attempts = item.course.attempts.count
        var reach = CommandDesk.Reach.reached
        switch outcome.kind {
        case .accepted:
            item.acceptedAfter = item.elapsed
            metrics.commandAccepted.recordMilliseconds(item.elapsed)
            item.entry.stage = .accepted
            item.entry.acceptedAt = now
            // What was seen while the reply was on its way.
            if item.course.isAccepted, watch.accept(item.number) != nil, let outcome = seen(item) {
                step = .end(outcome)
            }
        case .refused: break
        case .unreachable:
            reach = .failed(pause: outcome.retryAfter)
            item.firstFailedAt = item.firstFailedAt ?? now
            if item.course.attempts.isInDoubt {
                item.entry.doubt = item.course.attempts.doubt
            } else {
                item.entry.stage = .held
                watch.remove(item.number)
            }
        case .unknown(let doubt):
            // Time and again it tells of GWS as much as a refused connection does.
            reach = .failed(pause: nil)
            item.firstFailedAt = item.firstFailedAt ?? now
            item.entry.doubt = item.course.attempts.doubt ?? doubt.rawValue
        }
        if case .end = step { return Progress(step: step, reach: reach) }
        ledger.note([item.entry])
        if case .wait = step, outcome.kind != .accepted {
            metrics.retries.increment()
            logger.debug(
                "Sending again after a pause",
                metadata: [
                    LogKeys.command: "\(item.envelope.id.printable)",
                    LogKeys.attempt: "\(item.course.attempts.count)", LogKeys.reason: "\(outcome.kind)",
                ])
        }
        try Task.checkCancellation()
        return Progress(step: step, reach: reach)
    }
}
