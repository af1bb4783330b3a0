internal import AMQP
internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Publishes what one agent's session reports: in order, numbered, each batch confirmed by the broker before the next
/// poll goes out and acknowledges it.
actor EventPump: Service {
    private let session: AgentSession
    private let login: ContactCenterLogin?
    private let watch: AgentWatch
    private let saw: @Sendable ([Int]) async -> Void
    private let instance: String
    private let names: Names
    private let publisher: Publisher
    private let logger: Logger
    /// Why and how it stops, should it have to now.
    private let stop: @Sendable () -> ServedAgent.Stop
    /// Of the session before; from the end on, of this one.
    private(set) var estate: ServedAgent.Estate

    private static let epochs = NIOLockedValueBox(EpochSource(random: .random(in: .min ... .max)))

    init(
        session: AgentSession, login: ContactCenterLogin?, watch: AgentWatch,
        saw: @escaping @Sendable ([Int]) async -> Void, estate: ServedAgent.Estate, instance: String,
        names: Names, publisher: Publisher, logger: Logger, stop: @escaping @Sendable () -> ServedAgent.Stop
    ) {
        self.session = session
        self.login = login
        self.watch = watch
        self.saw = saw
        self.estate = estate
        self.instance = instance
        self.names = names
        self.publisher = publisher
        self.logger = logger
        self.stop = stop
    }

    private var agent: String { session.credentials.agent }

    /// Runs until its service group stops; then the batch in hand is confirmed, the epoch ended, and GWS left. Without
    /// a broker nobody can be told, and the next epoch's `Gap` will say it.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await retrying("a session with GWS", logger: self.logger, plan: Self.plan) {
                    try await self.session.run { event in try await self.handle(event) }
                }
                try await self.end(because: self.stop().reason)
            }
            group.addTask {
                try await gracefulShutdown()
                await self.session.stopPolling()
                try await ContinuousClock().sleep(for: self.stop().time.left(before: 2))
            }
            if let login { group.addTask { try await login.run() } }
            // The first to end is the session, or the time for it.
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        await leave()
    }

    /// Subscribed first and logged in then; so logged out last.
    private func leave() async {
        // Of an agent who was removed operations may be under way still. They matter more than the goodbye does.
        await atMost(stop().time.left(before: 1)) { await self.session.whenQuiet() }
        // A server that hangs must not keep the agent logged in.
        await atMost(stop().time.left(before: 1)) { await self.session.end() }
        // A session that never began knows of none, and what was missed began with the one before.
        estate.unbrokenUntil = session.status.unbrokenUntil ?? estate.unbrokenUntil
        // Only now: who comes next may have changed meanwhile.
        let stop = stop()
        if stop.keepsLogin {
            estate.duty = await login?.handOver()
        } else {
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
        case .loggedOut:
            try await end(because: .loggedOut)
            return
        case .started where estate.hasEnded: try await begin(because: .loggedOut)
        // What is not the agent's first session takes the place of one that was ended.
        case .started(.first):
            try await begin(because: estate.continuity.epoch == nil ? .started : .loggedOut)
        case .started(.loginLost): try await begin(because: .loggedOut)
        case .started(.forgotten), .started(.advised): try await begin(because: .sessionLost)
        case .pollLost: try await begin(because: .pollLost)
        case .batch(let notifications): try await publish(notifications)
        }
        if case .started = event { login?.sessionBegan() }
    }

    /// Begins a new epoch, and says what may be missing before it.
    private func begin(because reason: SessionMessage.GapReason) async throws {
        let now = UnixTime.now()
        let epoch = Self.epochs.withLockedValue { $0.next(now: now) }
        let previous = estate.continuity.begin(epoch)
        estate.hasEnded = false
        watch.forget()
        logger.info(
            "A new epoch of events begins",
            metadata: [LogKeys.epoch: "\(epoch)", LogKeys.reason: "\(reason.rawValue)"])
        try await say([
            .started(previousEpoch: previous?.epoch, instance: instance),
            .gap(
                previousEpoch: previous?.epoch, lastSequence: previous?.lastSequence,
                from: session.status.unbrokenUntil ?? estate.unbrokenUntil, to: now, reason: reason),
        ])
    }

    private func end(because reason: SessionMessage.EndReason) async throws {
        guard estate.continuity.epoch != nil, !estate.hasEnded else { return }
        try await say([.ended(lastSequence: estate.continuity.sequence, reason: reason)])
        estate.hasEnded = true
    }

    private func say(_ words: [SessionMessage.What]) async throws {
        let now = UnixTime.now()
        let messages = words.map { what in
            SessionMessage(agent: agent, what: what, place: estate.continuity.next(), at: now).message(
                names: names)
        }
        try await publish(messages)
    }

    private func publish(_ notifications: [GWS.Notification]) async throws {
        var messages: [AMQPMessage] = []
        var seen: [Int] = []
        for notification in notifications {
            // One that names several devices is an event of each.
            let devices = notification.callID == nil ? notification.deviceIDs.map(Optional.some) : []
            for deviceID in devices.isEmpty ? [nil] : devices {
                let place = estate.continuity.next(
                    callID: notification.callID, isOver: notification.callState == "Released")
                let sight = watch.see(
                    notification, deviceID: deviceID, messageID: place.messageID(agent: agent))
                seen += sight.decided
                let event = Event(
                    agent: agent, notification: notification, deviceID: deviceID, place: place,
                    cause: sight.cause)
                messages.append(event.message(names: names))
            }
        }
        try await publish(messages)
        // An outcome names the event that confirmed it: that is there by then.
        if !seen.isEmpty { await saw(seen) }
    }

    private func publish(_ messages: [AMQPMessage]) async throws {
        for (message, settlement) in zip(messages, try await publisher.publish(messages, keepingOrder: true))
        {
            guard settlement != .confirmed, settlement != .returned else { continue }
            logger.error(
                "An event was not taken by the broker",
                metadata: [
                    LogKeys.what: "\(message.properties.messageID ?? "")", LogKeys.reason: "\(settlement)",
                ])
        }
    }
}
