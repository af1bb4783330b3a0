internal import AMQP

/// Where deliveries wait for a worker: it knows of every command that is held whether it waits, runs or is done.
///
/// It outlives connections. A command that is delivered again after a lost link meets its own first attempt here.
actor CommandDesk {
    /// A delivery that has been read.
    struct Intake: Sendable {
        let delivery: Delivery
        var envelope: Envelope
        let command: Result<Command, Rejection>
    }

    /// A delivery that is to be answered and settled.
    struct Request: Sendable {
        let number: Int
        let delivery: Delivery
        let envelope: Envelope
    }

    enum Work: Sendable {
        /// - Parameter doubt: why GWS may have got it already; nil if it certainly did not.
        case send(Request, Command, doubt: String?)
        /// Nothing is sent: the outcome is known.
        case answer(Request, Verdict)
        /// Another came before under the same id, and this is its outcome.
        case duplicate(Request, Verdict)
    }

    private struct Job: Sendable {
        let request: Request
        let command: Command
        let doubt: String?
    }

    private struct Held {
        let request: Request
        /// Whether GWS may have got it.
        var mayBeSent: Bool
    }

    /// A command from when it is taken until its outcome is confirmed by the broker.
    private struct UnderWay {
        /// What came later under the same id, and waits for the same outcome.
        var others: [Request] = []
        var holdsLane = false
    }

    private var lanes: Lanes<Command.Lane, Job>
    private var answers: ArraySlice<Work> = []
    private var idle: [CheckedContinuation<Work?, Never>] = []
    private var ledger = RememberedOutcomes()
    private var redeliveries = Redeliveries()
    /// What has not been settled, by the numbers of the requests.
    private var held: [Int: Held] = [:]
    private var underWay: [String: UnderWay] = [:]
    private var lastNumber = 0
    private var link: Int?
    private var lastLink = 0
    /// Pieces of work that a worker has.
    private var busy = 0
    private var isStopping = false
    private var isTimeOver = false
    private var hasStopped = false
    private var whenIdle: CheckedContinuation<Void, Never>?

    init(limit: Int) {
        lanes = Lanes(limit: limit)
    }

    // MARK: - Links

    /// A consumer has begun. Its deliveries are taken until it is closed.
    func open() -> Int {
        lastLink += 1
        link = lastLink
        return lastLink
    }

    /// The link was lost: what only waited is given up, for it will be delivered again; what runs goes on.
    func close(_ lost: Int) {
        guard link == lost else { return }
        link = nil
        giveUpWaiting()
        redeliveries.linkLost(
            held.values.sorted { $0.request.number < $1.request.number }.map { held in
                Redeliveries.Left(
                    id: held.request.envelope.id,
                    fingerprint: held.request.envelope.hasOwnID ? nil : held.request.delivery.fingerprint,
                    deliveryCount: held.request.delivery.deliveryCount,
                    mayBeSent: held.mayBeSent)
            })
        held = [:]
        for id in underWay.keys { underWay[id]?.others = [] }
    }

    private func giveUpWaiting() {
        for job in lanes.removeWaiting() { underWay[job.request.envelope.id] = nil }
        for case .answer(let request, _) in answers { underWay[request.envelope.id] = nil }
        answers = []
    }

    // MARK: - Taking

    func take(_ intakes: [Intake], link: Int) {
        guard self.link == link, !isStopping else { return }
        for intake in intakes { admit(intake) }
        handOut()
    }

    private func admit(_ intake: Intake) {
        let delivery = intake.delivery
        var envelope = intake.envelope
        if !envelope.hasOwnID, delivery.isRedelivered, let id = redeliveries.id(of: delivery.fingerprint) {
            envelope.id = id
        }
        let isUnsent = redeliveries.isUnsent(envelope.id, deliveryCount: delivery.deliveryCount)
        let doubt = delivery.isRedelivered && !isUnsent ? CommandOutcome.redelivered : nil
        lastNumber += 1
        let request = Request(number: lastNumber, delivery: delivery, envelope: envelope)
        held[request.number] = Held(request: request, mayBeSent: doubt != nil)

        if underWay[envelope.id] != nil {
            underWay[envelope.id]?.others.append(request)
        } else if let verdict = ledger[envelope.id] {
            answers.append(.duplicate(request, verdict))
        } else {
            underWay[envelope.id] = UnderWay()
            switch intake.command {
            case .failure(let rejection):
                answers.append(.answer(request, Verdict(rejection.outcome)))
            case .success(let command):
                lanes.add(
                    Job(request: request, command: command, doubt: doubt), to: command.lane,
                    isUrgent: envelope.isUrgent)
            }
        }
    }

    // MARK: - Working

    /// The next piece of work, as soon as there is one; nil when there will be none.
    func next() async -> Work? {
        if let work = pick() { return work }
        if hasStopped { return nil }
        return await withCheckedContinuation { idle.append($0) }
    }

    private func pick() -> Work? {
        if let answer = answers.popFirst() {
            busy += 1
            if case .answer(let request, let verdict) = answer {
                // Not before: one that is given up must not be taken for answered when it comes again.
                ledger.record(verdict, for: request.envelope.id, at: request.envelope.arrivedAt)
            }
            return answer
        }
        guard let (_, job) = lanes.next() else { return nil }
        busy += 1
        held[job.request.number]?.mayBeSent = true
        underWay[job.request.envelope.id]?.holdsLane = true
        return .send(job.request, job.command, doubt: job.doubt)
    }

    private func handOut() {
        while !idle.isEmpty, let work = pick() { idle.removeLast().resume(returning: work) }
    }

    /// The outcome is known: it is remembered, and the lane goes on.
    func finish(_ request: Request, _ command: Command, _ verdict: Verdict, at now: Int64) {
        ledger.record(verdict, for: request.envelope.id, at: now)
        underWay[request.envelope.id]?.holdsLane = false
        lanes.finish(command.lane)
        handOut()
    }

    /// The broker has the command's answers, so it need not keep it.
    ///
    /// - Returns: who else wants to hear the outcome, to be settled likewise. Whoever comes later finds it in the
    ///   ledger.
    func settle(_ request: Request) -> [Request] {
        acknowledge(request)
        return underWay.removeValue(forKey: request.envelope.id)?.others ?? []
    }

    func acknowledge(_ request: Request) {
        request.delivery.acknowledge()
        held[request.number] = nil
    }

    /// A worker has brought a piece of work to its end.
    func putDown() {
        busy -= 1
        if isIdle { releaseStopper() }
    }

    /// A worker was cancelled: what it had is left to be delivered again.
    func abandon(_ work: Work) {
        switch work {
        case .send(let request, let command, _):
            if underWay.removeValue(forKey: request.envelope.id)?.holdsLane == true {
                lanes.finish(command.lane)
            }
        case .answer(let request, _):
            underWay[request.envelope.id] = nil
        case .duplicate:
            break
        }
        putDown()
    }

    // MARK: - Stopping

    /// Takes no more, and returns when all that is held has been brought to an end, or the time is over; then gives up
    /// what waits.
    func stop(by end: ContinuousClock.Instant) async {
        isStopping = true
        await withTaskGroup { group in
            group.addTask { await self.becomeIdle() }
            group.addTask {
                // Cancelled, it is not waited for any longer.
                try? await ContinuousClock().sleep(until: end)
                await self.endTime()
            }
            await group.next()
            group.cancelAll()
        }
        hasStopped = true
        giveUpWaiting()
        for worker in idle { worker.resume(returning: nil) }
        idle = []
    }

    private var isIdle: Bool { busy == 0 && lanes.isIdle && answers.isEmpty }

    private func becomeIdle() async {
        // The time may be over before the wait begins, above all for who is cancelled already.
        guard !isIdle, !isTimeOver else { return }
        await withCheckedContinuation { whenIdle = $0 }
    }

    private func endTime() {
        isTimeOver = true
        releaseStopper()
    }

    private func releaseStopper() {
        whenIdle?.resume()
        whenIdle = nil
    }
}

extension Delivery {
    /// How often the queue has delivered it before (quorum queues only).
    fileprivate var deliveryCount: Int64? {
        isRedelivered ? message.properties.headers["x-delivery-count"]?.int : 0
    }

    /// What a command says, for one that has no id.
    fileprivate var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(message.routingKey)
        hasher.combine(message.properties.replyTo)
        hasher.combine(message.properties.correlationID)
        hasher.combine(message.properties.timestamp)
        hasher.combine(message.body)
        return hasher.finalize()
    }
}
