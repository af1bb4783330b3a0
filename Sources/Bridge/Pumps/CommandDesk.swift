internal import AMQP
internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers

/// Where commands wait for a worker, for their lane, for a notification, for GWS: it knows of every one that is held.
///
/// It outlives connections. A command that is delivered again after a lost link meets its own first attempt here, or in
/// the ledger.
///
/// +Taking is how commands come in, +Waiting what those do that no worker has, +Leaving how they go without an outcome.
actor CommandDesk {
    enum Work: Sendable {
        /// Bring it a step further, or to its end.
        case carryOn(CommandCase)
        /// Nothing is sent: the outcome is known.
        ///
        /// - Parameter isRecorded: whether the ledger has it already, from a delivery before this one.
        case answer(CommandRequest, Verdict, isRecorded: Bool)
        /// Another came before under the same id, and this is its outcome.
        case duplicate(CommandRequest, Verdict)
        /// It came to the wrong place, and goes on as this.
        case reroute(CommandRequest, AMQPMessage)
    }

    /// A command from when it is taken until its outcome is confirmed by the broker.
    struct UnderWay {
        /// Its last delivery.
        var request: CommandRequest
        /// What came later under the same id, and waits for the same outcome.
        var others: [CommandRequest] = []
        /// The lane that it holds.
        var lane: Command.Lane?
        /// Something was seen of it while a worker had it.
        var wasSeen = false
    }

    /// What becomes due.
    enum Due: Sendable {
        /// A command's wait is over.
        case wait(number: Int)
        /// An agent's breaker lets a trial through.
        case trial(agent: String)
        /// The time of commands that only wait may be over.
        case sweep
    }

    /// Whether GWS was reached.
    enum Reach: Sendable {
        case notTried, reached
        /// - Parameter pause: what GWS asks for.
        case failed(pause: Duration?)
    }

    let ledger: Ledger
    let confirmation: BridgeConfiguration.Commands
    let metrics: BridgeMetrics
    let logger: Logger

    var lanes: Lanes<Command.Lane, CommandCase>
    var answers: ArraySlice<Work> = []
    /// What goes on without holding a lane.
    var resumed: ArraySlice<CommandCase> = []
    var waiting: [Int: CommandCase] = [:]
    var underWay: [ExactID: UnderWay] = [:]
    /// The ids of the commands under way, by the numbers that they began with.
    var ids: [Int: String] = [:]
    var redeliveries = Redeliveries()
    /// Not settled, and without an id of their own.
    var nameless: [Int: CommandRequest] = [:]
    var breakers: [String: Breaker] = [:]
    nonisolated let unreachableAgents = NIOLockedValueBox<Set<String>>([])
    var agenda = Agenda<Due>()
    static let smallAgenda = 1000
    /// With more entries it is cleared of what is due no more.
    var agendaLimit = smallAgenda
    /// When the next sweep is due, in Unix milliseconds.
    var sweepAt = Int64.max
    /// What was slept for, in Unix milliseconds.
    var sleptUntil = Int64.min
    var sleeper: (task: Task<Void, Never>, until: Int64)?

    var link: Int?
    /// Whether what is given back stays with the link until that ends.
    var keepsGivenBack = false
    var isStopping = false
    private(set) var hasStopped = false
    private var resumedHasTurn = false
    private var idle: [CheckedContinuation<Work?, Never>] = []
    var lastLink = 0
    private var lastNumber = 0
    /// Pieces of work that a worker has.
    private var busy = 0
    private var isTimeOver = false
    private var whenIdle: CheckedContinuation<Void, Never>?

    init(
        _ commands: BridgeConfiguration.Commands, ledger: Ledger, metrics: BridgeMetrics, logger: Logger
    ) {
        confirmation = commands
        self.ledger = ledger
        self.metrics = metrics
        self.logger = logger
        lanes = Lanes(limit: commands.concurrency)
    }

    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    // MARK: - Working

    /// The next piece of work, as soon as there is one; nil when there will be none.
    func next() async -> Work? {
        if hasStopped { return nil }
        if let work = pick() {
            report()
            return work
        }
        return await withCheckedContinuation { idle.append($0) }
    }

    private func pick() -> Work? {
        if let answer = answers.popFirst() {
            busy += 1
            return answer
        }
        // In turns: those who wait for GWS to tell what it did must not keep others from being sent, nor they them.
        resumedHasTurn.toggle()
        if !resumedHasTurn, let item = nextOfLanes() { return .carryOn(item) }
        if let item = resumed.popFirst() {
            busy += 1
            return .carryOn(item)
        }
        return nextOfLanes().map(Work.carryOn)
    }

    private func nextOfLanes() -> CommandCase? {
        guard let (lane, item) = lanes.next(where: mayRun) else { return nil }
        busy += 1
        underWay[item.envelope.id]?.lane = lane
        return item
    }

    func handOut() {
        while !idle.isEmpty, let work = pick() { idle.removeLast().resume(returning: work) }
        report()
    }

    func report() {
        metrics.commandsInFlight.set(lanes.runningCount)
        metrics.commandsWaiting.set(lanes.waitingCount)
    }

    /// GWS has taken the command: the lane goes on.
    func accepted(_ item: CommandCase, _ reach: Reach) {
        note(reach, of: item)
        freeLane(of: item.envelope.id)
        handOut()
    }

    /// The command has its final outcome, and the ledger has it: the lane goes on.
    func ended(_ item: CommandCase, _ reach: Reach) {
        note(reach, of: item)
        ids[item.number] = nil
        freeLane(of: item.envelope.id)
        handOut()
    }

    func freeLane(of id: String) {
        guard let lane = underWay[id]?.lane else { return }
        underWay[id]?.lane = nil
        lanes.finish(lane)
    }

    /// Its last delivery, should the link be lost that it came by; nil where it has not been delivered again, or where
    /// somebody else had it between.
    func request(of item: CommandCase) -> CommandRequest? {
        guard let request = underWay[item.envelope.id]?.request,
            request.link == link || request.queue.isDeleted,
            request.number == item.request.number
                || request.delivery.follows(item.request.delivery.deliveryCount)
        else { return nil }
        return request
    }

    /// The broker has the command's answers, so it need not keep it.
    ///
    /// - Returns: who else wants to hear the outcome, to be settled likewise. Whoever comes later finds it in the
    ///   ledger.
    func settle(_ request: CommandRequest) -> [CommandRequest] {
        let under = underWay.removeValue(forKey: ExactID(string: request.envelope.id))
        acknowledge(under?.request ?? request)
        return under?.others ?? []
    }

    func acknowledge(_ request: CommandRequest) {
        request.delivery.acknowledge()
        nameless[request.number] = nil
    }

    /// A worker has brought a piece of work to its end, or to where it waits.
    func putDown() {
        busy -= 1
        if isIdle { releaseStopper() }
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
        sleeper?.task.cancel()
        giveUpWaiting(accepted: true) { _ in true }
        for worker in idle { worker.resume(returning: nil) }
        idle = []
    }

    private var isIdle: Bool {
        busy == 0 && lanes.isIdle && answers.isEmpty && resumed.isEmpty && waiting.isEmpty
    }

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
