internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Where events go: to the broker, and while that is away, blocked or slow into the spool, and from there on in their
/// order.
///
/// What of an agent lies in the spool is published before anything of that agent that comes later.
final class EventOutlet: Service {
    private let publisher: Publisher
    private let spool: Spool
    private let metrics: BridgeMetrics
    private let stopTime: StopTime
    private let logger: Logger
    /// Agents of whom an event was given up.
    private let givenUp = NIOLockedValueBox<Set<String>>([])

    /// For so long events wait to be sent, and the broker may take then, before they are spooled: GWS forgets a session
    /// that is not polled for ten seconds, and polls wait for their events.
    private static let patience = Duration.seconds(2)
    /// Events that are taken from the spool at a time.
    private static let portion = 512

    init(
        publisher: Publisher, spool: Spool, metrics: BridgeMetrics, stopTime: StopTime, logger: Logger
    ) {
        self.publisher = publisher
        self.spool = spool
        self.metrics = metrics
        self.stopTime = stopTime
        self.logger = logger
    }

    /// Returns when each is confirmed by the broker or is in the spool.
    ///
    /// - Parameter events: of one agent, in their order; none of its events is under way.
    /// - Throws: `CancellationError`; then some may have been published all the same.
    func take(_ events: [SpooledEvent]) async throws {
        guard let agent = events.first?.agent else { return }
        // What is withheld no longer is taken out of the spool by going through it.
        let isReleased = events.contains { $0.releases != nil }
        if !isReleased, !spool.holds(agent), publisher.isAtWork,
            let settlements = try await publisher.publish(events.map(\.message), patience: Self.patience)
        {
            metrics.events.took(note(settlements, of: events), at: UnixTime.now())
        } else {
            // Of a batch that was not confirmed in time some may have arrived: they come twice, with the same ids.
            try await spool.append(events)
            metrics.events.took(events, at: UnixTime.now())
        }
    }

    /// Returns when they are in the spool, apart from its events.
    func withhold(_ notifications: [WithheldNotification], of agent: String) async throws {
        try await spool.withhold(notifications, of: agent)
    }

    /// Whether an event of the agent was given up since this was asked last: somebody does not know what it said.
    func takeGivenUp(_ agent: String) -> Bool { givenUp.withLockedValue { $0.remove(agent) != nil } }

    /// What the spool had to drop of the agent's events, where it is time to tell.
    func loss(of agent: String) -> SpoolLoss? { spool.loss(of: agent) }

    func lossTold(of agent: String) { spool.lossTold(of: agent) }

    func remember(_ change: AgentChange) { spool.remember(change) }

    /// What the process before has left.
    func record(of agent: String) async throws -> AgentRecord? { try await spool.record(of: agent) }

    /// Empties the spool, for as long as there is a broker; at the stop, for as long as there is time.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.drain() }
            group.addTask {
                try await gracefulShutdown()
                await self.untilEmpty()
            }
            try await group.next()
            group.cancelAll()
            // What is left is in the file, for the next process.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    /// As long as there are events in the spool, a broker that takes them, and time.
    private func untilEmpty() async {
        guard publisher.isAtWork else { return }
        await atMost(max(stopTime.left - .seconds(1), .zero)) { [spool, publisher] in
            await withTaskGroup { group in
                // Who is cancelled waits for nothing any more.
                group.addTask { try? await spool.whenEmpty() }
                group.addTask { await publisher.disconnected() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func drain() async throws {
        // When a queue last refused what it was given, time and again.
        var refused: ContinuousClock.Instant?
        while true {
            let portion = try await spool.next(atMost: Self.portion)
            // One queue that is full must not hold up all the others again and again.
            let isHasty = refused.map { .now - $0 < Self.memory } ?? false
            let settlements = try await publisher.publish(
                portion.events.map(\.message), keepingOrder: true, isHasty: isHasty)
            if settlements.contains(.refused) { refused = .now }
            note(settlements, of: portion.events)
            try await spool.remove(portion)
        }
    }

    /// For so long after a refusal the next are not tried as often.
    private static let memory = Duration.seconds(60)

    /// - Returns: those that were taken.
    @discardableResult
    private func note(_ settlements: [Publisher.Settlement], of events: [SpooledEvent]) -> [SpooledEvent] {
        var taken: [SpooledEvent] = []
        taken.reserveCapacity(events.count)
        for (event, settlement) in zip(events, settlements) {
            switch settlement {
            // That nobody listens is no error.
            case .confirmed, .returned: taken.append(event)
            case .refused, .invalid:
                metrics.events.refused()
                _ = givenUp.withLockedValue { $0.insert(event.agent) }
                logger.error(
                    "An event was not taken by the broker",
                    metadata: [
                        LogKeys.what: "\(event.message.properties.messageID ?? "")",
                        LogKeys.reason: "\(settlement)",
                    ])
            }
        }
        return taken
    }
}
