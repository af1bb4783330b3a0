internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers

/// Publishes what one agent's session reports: in order, numbered, each batch confirmed by the broker or in the spool
/// before the next poll goes out and acknowledges it. +Epochs is what it says of the session, +Resync how it heals a gap.
actor EventPump {
    let session: AgentSession
    private let login: ContactCenterLogin?
    let watch: AgentWatch
    let parts: ServedAgent.Parts
    let logger: Logger
    /// The stop, once it is asked for.
    let stopping: Gate<ServedAgent.Stopping>
    /// Where the session polls.
    private let task: SessionTask
    /// Why and how it stops, should it have to now.
    private let stop: @Sendable () -> ServedAgent.Stop
    var estate = ServedAgent.Estate()
    /// The estate of the session before, and after the end that of this one.
    private let inheritance: NIOLockedValueBox<ServedAgent.Estate>

    init(
        session: AgentSession, login: ContactCenterLogin?, watch: AgentWatch,
        inheritance: NIOLockedValueBox<ServedAgent.Estate>, parts: ServedAgent.Parts,
        task: SessionTask, stopping: Gate<ServedAgent.Stopping>, logger: Logger,
        stop: @escaping @Sendable () -> ServedAgent.Stop
    ) {
        self.session = session
        self.login = login
        self.watch = watch
        self.inheritance = inheritance
        self.parts = parts
        self.task = task
        self.stopping = stopping
        self.logger = logger
        self.stop = stop
    }

    var agent: String { session.credentials.agent }

    /// Runs until it is stopped; then the batch in hand is published, the epoch ended, and GWS left.
    func run() async throws {
        swap(&estate, in: inheritance)
        defer { swap(&estate, in: inheritance) }
        // Of a process that ended while they waited: the gap is told anew, whatever was to make up for it.
        try await publishWithheld()
        if let login {
            try await withThrowingTaskGroup { group in
                group.addTask { [stopping] in try await login.run(until: stopping) }
                defer { group.cancelAll() }
                try await runSessions()
            }
        } else {
            try await runSessions()
        }
        await leave()
    }

    private func runSessions() async throws {
        if !stopping.isGiven {
            try await retrying("a session with GWS", logger: logger, until: stopping, plan: Self.plan) {
                try await runSession()
            }
        }
        // Whoever was ended in the middle does not know which of its events there are.
        guard !task.wasCut else { return }
        let stop = stop()
        // What another process will publish is not known here.
        if stop.login == .isLeft { estate.knowsAll = false }
        _ = try await inTime(stop.time.left(before: 2)) { try await self.end(because: stop.reason) }
    }

    /// Whether its session has run before.
    private var hasRun = false

    /// - Throws: ``SessionStuck`` if it stands still, beside what the session throws.
    private func runSession() async throws {
        if hasRun { parts.metrics.events.sessionRestarted() }
        hasRun = true
        do {
            try await task.run { [session] in
                try await session.run { event in try await self.handle(event) }
            }
        } catch let error as SessionStuck {
            await session.startAnew()
            throw error
        }
    }

    /// Subscribed first and logged in then; so logged out last.
    private func leave() async {
        // Of an agent who was removed operations may be under way still. They matter more than the goodbye does.
        await atMost(stop().time.left(before: 1)) { await self.session.whenQuiet() }
        // A server that hangs must not keep the agent logged in.
        await atMost(stop().time.left(before: 1)) { await self.session.end() }
        // A session that never began knows of none, and what was missed began with the one before.
        estate.coverage.end(polled: session.status.unbrokenUntil)
        // Only now: who comes next may have changed meanwhile.
        let stop = stop()
        switch stop.login {
        case .stays: estate.duty = await login?.handOver()
        case .isLeft: estate.duty = nil
        case .ends:
            estate.duty = nil
            await atMost(stop.time.left) { await self.login?.end(within: stop.time.left) }
        }
    }

    private static func plan(_ error: any Error) -> RetryPlan {
        guard let error = error as? GWSError else { return RetryPlan(.session) }
        if case .loginRefused = error { return RetryPlan(.refusedLogin, atLeast: error.retryAfter) }
        return RetryPlan(.session, atLeast: error.retryAfter)
    }

    private func handle(_ event: SessionEvent) async throws {
        switch event {
        case .batch(let notifications) where isWhole: try await publish(notifications)
        case .quiet where isWhole: break
        default: try await parts.transport.inOwnTask { try await self.handleBreak(event) }
        }
    }

    /// Something has ended, begun or been missed, or was, and is not made up for yet.
    private func handleBreak(_ event: SessionEvent) async throws {
        switch event {
        case .loggedOut:
            try await end(because: .loggedOut)
        case .started(let reason):
            try await begin(because: gapReason(of: reason))
            login?.sessionBegan()
            try await heal(before: [])
        case .pollLost:
            try await begin(because: .pollLost)
            try await heal(before: [])
        case .batch(let notifications):
            try await heal(before: notifications)
        case .quiet:
            try await heal(before: [])
        }
    }

    private func gapReason(of reason: SessionEvent.StartReason) -> SessionMessage.GapReason {
        if estate.hasEnded { return .loggedOut }
        switch reason {
        // What is not the agent's first session takes the place of one that was ended.
        case .first: return estate.isNew ? estate.beginning : .loggedOut
        case .loginLost: return .loggedOut
        case .forgotten, .advised: return .sessionLost
        case .stuck: return .stuck
        }
    }

    func publish(_ notifications: [GWS.Notification]) async throws {
        var rest = notifications[...]
        while !rest.isEmpty {
            let portion = rest.prefix(Self.portion)
            rest = rest.dropFirst(Self.portion)
            var seen: [Int] = []
            let events = portion.flatMap { self.events(of: $0, seen: &seen) }
            try await take(events)
            remember(portion)
            await hear(seen)
        }
    }

    /// So many notifications are made events of at a time, however many an answer holds.
    private static let portion = 500
    /// Each of so many devices that one names is an event of its own, with the whole message. Of more it is the agent's.
    private static let devicesOfOne = 64

    /// One that names several devices is an event of each.
    func events(
        of notification: GWS.Notification, releases: WithheldNotification.ID? = nil, seen: inout [Int]
    ) -> [SpooledEvent] {
        var named: Set<String> = []
        var devices: [String?] = notification.deviceIDs.filter { named.insert($0).inserted }
        if devices.isEmpty || devices.count > Self.devicesOfOne || notification.callID != nil {
            devices = [nil]
        }
        return devices.enumerated().map { index, deviceID in
            number(
                notification, deviceID: deviceID, releases: index == devices.count - 1 ? releases : nil,
                seen: &seen)
        }
    }

    /// An outcome names the event that confirmed it: that is there by then.
    func hear(_ seen: [Int]) async {
        if !seen.isEmpty { await parts.saw(seen) }
    }

    /// Gives a notification its place in the order.
    ///
    /// - Parameter seen: the numbers of commands of which it shows something are added there.
    func number(
        _ notification: GWS.Notification, deviceID: String?, origin: Event.Origin = .live,
        isInferred: Bool = false, releases: WithheldNotification.ID? = nil, seen: inout [Int]
    ) -> SpooledEvent {
        let place = estate.continuity.next(
            callID: notification.callID, isOver: notification.callState == "Released")
        let sight = watch.see(notification, deviceID: deviceID, messageID: place.messageID(agent: agent))
        seen += sight.decided
        let event = Event(
            agent: agent, notification: notification, deviceID: deviceID, place: place, cause: sight.cause,
            origin: origin, isInferred: isInferred)
        return SpooledEvent(
            agent: agent, place: place, at: notification.receivedAt, since: unbrokenUntil,
            message: event.message(
                names: parts.names, cloudEvents: parts.configuration.events.cloudEvents),
            releases: releases)
    }

    /// Unix milliseconds: of what happened before nothing is lost with an event that comes now.
    var unbrokenUntil: Int64 { estate.coverage.unbroken(polled: session.status.unbrokenUntil) }

    /// Returns when they are with the broker or in the spool; that consumers know them is to be remembered then.
    func take(_ events: [SpooledEvent]) async throws {
        guard let last = events.last else { return }
        // Who is cancelled here does not know what was published.
        let knewAll = estate.knowsAll
        estate.knowsAll = false
        try await parts.outlet.take(events)
        estate.knowsAll = knewAll
        estate.known.epoch = last.place.epoch
        estate.known.sequence = last.place.sequence
        // What is withheld is not published, nor named by any gap but this epoch's.
        estate.known.unbrokenUntil = estate.coverage.settled(
            polled: estate.withheld.isEmpty ? session.status.unbrokenUntil : nil)
    }

    /// Remembers that consumers know what was taken, these among it.
    func remember(_ notifications: some Sequence<GWS.Notification> = []) {
        var change = change
        for notification in notifications { estate.known.note(notification, in: &change) }
        parts.outlet.remember(change)
    }

    /// That what is known is published.
    private var change: AgentChange {
        AgentChange(
            agent: agent, epoch: estate.known.epoch, sequence: estate.known.sequence,
            unbrokenUntil: estate.known.unbrokenUntil)
    }
}

private func swap<Value>(_ value: inout Value, in box: NIOLockedValueBox<Value>) {
    box.withLockedValue { swap(&$0, &value) }
}
