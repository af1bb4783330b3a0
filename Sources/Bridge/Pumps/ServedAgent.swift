internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers

/// An agent who is served, for as long as nothing about it changes: the session with GWS, and what runs it.
final class ServedAgent: Sendable {
    let configuration: AgentConfiguration
    let session: AgentSession
    /// Nil where the agent's own desktop owns the log-in.
    private let login: ContactCenterLogin?
    private let watch: AgentWatch
    private let parts: Parts
    private let task: SessionTask
    private let stopping = Gate<Stopping>()
    private let course = NIOLockedValueBox(Course.ahead)
    private let logger: Logger

    /// What all agents have in common, and hold together.
    final class Parts: Sendable {
        let configuration: BridgeConfiguration
        let names: Names
        let transport: HTTPTransport
        let outlet: EventOutlet
        let metrics: BridgeMetrics
        let stopTime: StopTime
        let logger: Logger
        /// Hears the numbers of commands of which notifications have shown something.
        let saw: @Sendable ([Int]) async -> Void

        init(
            configuration: BridgeConfiguration, names: Names, transport: HTTPTransport, outlet: EventOutlet,
            metrics: BridgeMetrics, stopTime: StopTime, logger: Logger,
            saw: @escaping @Sendable ([Int]) async -> Void
        ) {
            self.configuration = configuration
            self.names = names
            self.transport = transport
            self.outlet = outlet
            self.metrics = metrics
            self.stopTime = stopTime
            self.logger = logger
            self.saw = saw
        }
    }

    /// What a session leaves to the next one of the same agent.
    struct Estate: Sendable {
        var continuity = Continuity()
        /// What consumers know of the agent, by all that was published.
        var known = AgentRecord(epoch: "", sequence: 0)
        /// Whether that is all that they can know.
        var knowsAll = false
        /// What is to be read, since something may have been missed.
        var resync: ResyncDuty?
        /// What came since, and is published after that. In the store, too.
        var withheld: [WithheldNotification] = []
        /// How many were withheld so far.
        var withheldCount: Int64 = 0
        /// Up to when nothing is missing that no gap names.
        var coverage = Coverage()
        /// Whether the epoch's gap names what the spool had to drop.
        var tellsLoss = false
        /// What the process before had to drop of the agent's events and could not tell.
        var loss: SpoolLoss?
        /// Whether this process has begun no epoch yet.
        var isNew = true
        /// Why the first of it begins.
        var beginning = SessionMessage.GapReason.started
        /// Whether the epoch was ended and no other has begun.
        var hasEnded = false
        /// Of an agent who stays logged in meanwhile.
        var duty: LoginDuty?

        init() {}

        /// - Parameter record: what the process before has left.
        init(_ record: AgentRecord) {
            continuity = Continuity(epoch: record.epoch, sequence: record.sequence)
            known = record
            knowsAll = record.isComplete
            loss = record.loss
            coverage = Coverage(settledUntil: record.unbrokenUntil)
            withheld = record.withheld
            known.withheld = []
        }

        /// Another process has served the agent meanwhile, and published what is not known here.
        mutating func takeOver() {
            beginning = .takenOver
            knowsAll = false
            coverage = Coverage()
        }
    }

    /// What a session is stopped with.
    enum Stopping: Sendable {
        /// With all others, in the time that all have.
        case all
        /// - Parameter time: that it has for that.
        case alone(time: StopTime)
    }

    /// Why and how a session ends.
    struct Stop: Sendable {
        /// What becomes of the agent's log-in.
        enum Login: Sendable {
            case ends
            /// It stays, for a session of this process that follows.
            case stays
            /// It stays, for another process.
            case isLeft
        }

        let reason: SessionMessage.EndReason
        let login: Login
        let time: StopTime
    }

    /// What comes after a session.
    struct Future: Sendable {
        /// What the agent is to be served as by this process; nil if not at all.
        let next: AgentConfiguration?
        /// Whether another process serves the agent.
        let isElsewhere: Bool
        /// Whether another would, if this one ended.
        let hasDeputy: Bool
    }

    init(_ configuration: AgentConfiguration, watch: AgentWatch, parts: Parts) {
        self.configuration = configuration
        self.watch = watch
        self.parts = parts
        var logger = parts.logger
        logger[metadataKey: LogKeys.agent] = "\(configuration.name)"
        self.logger = logger
        session = AgentSession(
            credentials: configuration.credentials, transport: parts.transport,
            subscriptions: parts.configuration.subscriptions, acknowledge: parts.configuration.acknowledge,
            logger: logger)
        task = SessionTask(on: parts.transport.executor)
        login = ContactCenterLogin(session: session, login: configuration.login, logger: logger)
    }

    /// Ends this session as the stop of the whole would, and no other.
    func stopAlone() { stop(.alone(time: StopTime(limit: parts.configuration.shutdownTimeout))) }

    /// Ends it as one of all.
    func stopWithAll() { stop(.all) }

    private func stop(_ stopping: Stopping) {
        guard self.stopping.open(stopping, if: { $0 == nil }) else { return }
        course.withLockedValue { if case .underWay = $0 { $0 = .ending(seeToEnd()) } }
    }

    /// The time that the stop has; until one is asked for, that of all.
    private var stopTime: StopTime {
        if case .alone(let time)? = stopping.value { time } else { parts.stopTime }
    }

    /// A stop may come before a session begins, and when it is over.
    private enum Course {
        case ahead, underWay
        /// Its task sees to it that the session ends.
        case ending(Task<Void, Never>)
        case over
    }

    private func begin() {
        // The stop opens its gate first: whoever is second here sees the other.
        course.withLockedValue { $0 = stopping.isGiven ? .ending(seeToEnd()) : .underWay }
    }

    private func finish() async {
        let last = course.withLockedValue { course in
            defer { course = .over }
            return course
        }
        guard case .ending(let task) = last else { return }
        task.cancel()
        // The loop that it runs on may be gone soon.
        await task.value
    }

    /// In a task of its own, for nobody waits while the session runs; ``finish()`` does.
    private func seeToEnd() -> Task<Void, Never> {
        Task(executorPreference: parts.transport.executor) { [self] in
            await session.stopPolling()
            // What hangs is ended, for others to have their time. Cancelled, there is nothing left to be ended.
            if (try? await ContinuousClock().sleep(for: stopTime.left(before: 2))) != nil { task.cut() }
        }
    }

    /// Ends it if it stands still; to be called every ``SessionVigil/interval``.
    func look() { task.look(at: session.status) }

    /// Runs the session until it is stopped, or all are.
    ///
    /// - Parameters:
    ///   - estate: of the session before; it leaves its own there.
    ///   - future: what comes after it, as it is just now. It may change until the end, and then the last word counts.
    func run(
        _ estate: NIOLockedValueBox<Estate>, future: @escaping @Sendable () -> Future
    ) async throws {
        if let duty = estate.withLockedValue(\.duty) { await login?.takeOver(duty) }
        let pump = EventPump(
            session: session, login: login, watch: watch, inheritance: estate, parts: parts, task: task,
            stopping: stopping, logger: logger
        ) {
            self.stop(before: future())
        }
        begin()
        do {
            try await pump.run()
        } catch {
            await finish()
            throw error
        }
        await finish()
    }

    private func stop(before future: Future) -> Stop {
        guard case .alone? = stopping.value else {
            return Stop(reason: .stopped, login: future.hasDeputy ? .isLeft : .ends, time: stopTime)
        }
        if future.isElsewhere { return Stop(reason: .notActive, login: .isLeft, time: stopTime) }
        return Stop(
            reason: future.next == nil ? .removed : .stopped,
            login: sharesLogin(with: future.next) ? .stays : .ends, time: stopTime)
    }

    /// Whether the agent stays logged in while the one goes and the other comes.
    func sharesLogin(with next: AgentConfiguration?) -> Bool {
        next?.login == configuration.login
            && next?.credentials.userName == configuration.credentials.userName
    }

    /// Logs out an agent who was left logged in for a session that will not be. After ``run(_:next:)``.
    func logOut() async {
        let time = stopTime
        await atMost(time.left) { await self.login?.end(within: time.left) }
    }

    /// Why it is not all well with it, in a few words.
    var trouble: String? {
        let status = session.status
        let overdue = status.overdue(at: .now).map {
            "GWS has answered no poll for \($0.components.seconds) s"
        }
        return status.phase.trouble ?? overdue ?? login?.trouble
    }
}

extension SessionStatus.Phase {
    fileprivate var trouble: String? {
        switch self {
        case .polling, .renewing: nil
        case .idle, .starting: "its session is starting"
        case .failed(let reason): reason
        }
    }
}
