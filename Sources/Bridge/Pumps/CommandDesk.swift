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
        case answer(Request, Verdict, isDuplicate: Bool)
    }

    private struct Job: Sendable {
        let request: Request
        let command: Command
        let doubt: String?
    }

    private struct Held {
        let request: Request
        /// Whether GWS may have got it.
        var wasSent = false
    }

    private var lanes: Lanes<Command.Lane, Job>
    private var answers: ArraySlice<Work> = []
    private var idle: [CheckedContinuation<Work?, Never>] = []
    private var ledger = Ledger()
    private var redeliveries = Redeliveries()
    /// What has not been settled, by the numbers of the requests.
    private var held: [Int: Held] = [:]
    /// Commands that wait or run, by id, each with the requests that came later under the same id.
    private var underWay: [String: [Request]] = [:]
    private var lastNumber = 0
    private var link: Int?
    private var lastLink = 0
    /// Pieces of work that a worker has.
    private var busy = 0
    private var stopsAt: ContinuousClock.Instant?
    private var whenDone: CheckedContinuation<Void, Never>?

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
                    wasSent: held.wasSent)
            })
        held = [:]
        underWay = underWay.mapValues { _ in [] }
    }

    private func giveUpWaiting() {
        for job in lanes.removeWaiting() { underWay[job.request.envelope.id] = nil }
    }

    // MARK: - Taking

    func take(_ intakes: [Intake], link: Int) {
        guard self.link == link, stopsAt == nil else { return }
        for intake in intakes { admit(intake) }
        handOut()
    }

    private func admit(_ intake: Intake) {
        var envelope = intake.envelope
        if !envelope.hasOwnID, intake.delivery.isRedelivered,
            let id = redeliveries.id(of: intake.delivery.fingerprint)
        {
            envelope.id = id
        }
        lastNumber += 1
        let request = Request(number: lastNumber, delivery: intake.delivery, envelope: envelope)
        held[request.number] = Held(request: request)

        let isUnsent = redeliveries.isUnsent(envelope.id, deliveryCount: intake.delivery.deliveryCount)
        if let verdict = ledger[envelope.id] {
            return answers.append(.answer(request, verdict, isDuplicate: true))
        }
        if underWay[envelope.id] != nil {
            underWay[envelope.id]?.append(request)
            return
        }
        switch intake.command {
        case .failure(let rejection):
            let verdict = Verdict(rejection.outcome)
            ledger.record(verdict, for: envelope.id, at: envelope.arrivedAt)
            answers.append(.answer(request, verdict, isDuplicate: false))
        case .success(let command):
            underWay[envelope.id] = []
            let doubt = intake.delivery.isRedelivered && !isUnsent ? "redelivered" : nil
            lanes.add(
                Job(request: request, command: command, doubt: doubt), to: command.lane,
                isUrgent: envelope.isUrgent)
        }
    }

    // MARK: - Working

    /// The next piece of work, as soon as there is one; nil when there will be none.
    func next() async -> Work? {
        if let work = pick() { return work }
        if stopsAt != nil { return nil }
        return await withCheckedContinuation { idle.append($0) }
    }

    private func pick() -> Work? {
        if let answer = answers.popFirst() {
            busy += 1
            return answer
        }
        guard let (_, job) = lanes.next() else { return nil }
        busy += 1
        held[job.request.number]?.wasSent = true
        return .send(job.request, job.command, doubt: job.doubt)
    }

    private func handOut() {
        while !idle.isEmpty, let work = pick() { idle.removeLast().resume(returning: work) }
    }

    /// The outcome is known: it is remembered, and the lane goes on.
    ///
    /// - Returns: who else wants to hear it.
    func finish(_ request: Request, _ command: Command, _ verdict: Verdict, at now: Int64) -> [Request] {
        ledger.record(verdict, for: request.envelope.id, at: now)
        lanes.finish(command.lane)
        handOut()
        return underWay.removeValue(forKey: request.envelope.id) ?? []
    }

    /// A piece of work is done: the broker has the answers, so it need not keep the commands.
    func settle(_ requests: [Request]) {
        for request in requests {
            request.delivery.acknowledge()
            held[request.number] = nil
        }
        putDown()
    }

    /// It was not brought to an end, and is left to be delivered again.
    func abandon(_ work: Work) {
        switch work {
        case .send(let request, let command, _):
            // Where its outcome is known already only its answer is missing, and its lane is free.
            if underWay.removeValue(forKey: request.envelope.id) != nil { lanes.finish(command.lane) }
            held[request.number] = nil
        case .answer(let request, _, _):
            held[request.number] = nil
        }
        putDown()
    }

    private func putDown() {
        busy -= 1
        if busy == 0 { giveUp() }
    }

    // MARK: - Stopping

    /// Takes no more, gives up what waits, and returns when what runs has ended, or the time is over. The time counts from
    /// the first call.
    func stop(within limit: Duration) async {
        let stopsAt = self.stopsAt ?? .now + limit
        self.stopsAt = stopsAt
        giveUpWaiting()
        answers = []
        for worker in idle { worker.resume(returning: nil) }
        idle = []
        await withTaskGroup { group in
            group.addTask { await self.done() }
            group.addTask {
                // Cancelled, it is not waited for any longer.
                try? await ContinuousClock().sleep(until: stopsAt)
                await self.giveUp()
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether a command may be sent again after a pause.
    var mayRetry: Bool { stopsAt == nil }

    private func done() async {
        guard busy > 0 else { return }
        await withCheckedContinuation { whenDone = $0 }
    }

    private func giveUp() {
        whenDone?.resume()
        whenDone = nil
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
