package import Logging
internal import ServiceLifecycle

/// The events that wait for the broker, in order, and what is known of each agent.
///
/// Both lie in one file of the store's directory, and outlive the process there; without a directory they lie in
/// memory. So they do, for as long as it takes, where the file cannot be used: events have nowhere else to go.
package final class Spool: Service, Sendable {
    private enum Keeping: Sendable {
        case memory
        case file(StoreKeeper<SpoolDatabase>)
    }

    private let keeping: Keeping
    private let work: SpoolWork
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// What is remembered is written after this at the latest.
    private static let pause = Duration.seconds(1)

    private static let words = StoreKeeper<SpoolDatabase>.Words(
        trouble: "the spool cannot be used, events wait in memory", recovery: "the spool works again",
        loss: lossOfMemory)

    private static let lossOfMemory: Logger.Message = "events that waited in memory are lost"

    package convenience init(
        _ store: BridgeConfiguration.Store, metrics: BridgeMetrics? = nil, logger: Logger
    ) {
        self.init(store, metrics: metrics, logger: logger, now: UnixTime.now)
    }

    /// - Parameters:
    ///   - opened: sees each file that is opened.
    ///   - now: Unix milliseconds.
    init(
        _ store: BridgeConfiguration.Store, bounds: SpoolBounds? = nil, metrics: BridgeMetrics? = nil,
        logger: Logger,
        opened: @escaping @Sendable (SpoolDatabase) -> Void = { _ in }, now: @escaping @Sendable () -> Int64
    ) {
        self.now = now
        self.logger = logger
        // No process gives out a million numbers a second: those of the next are above them.
        let content = SpoolContent(
            bounds ?? SpoolBounds(store), store.directory == nil ? .memory : .opening,
            firstNumber: UnixTime.now() * 1000)
        let work = SpoolWork(content, now: now) { new, toSay in
            metrics?.events.spoolDropped(new)
            guard let toSay else { return }
            logger.error(
                "events were dropped from the spool, it is full or they are too old",
                metadata: [LogKeys.count: "\(toSay)"])
        }
        self.work = work
        guard let directory = store.directory else {
            keeping = .memory
            return
        }
        let damage = SpoolDatabase.Damage()
        keeping = .file(
            StoreKeeper(
                StoreFile(.spool, in: directory, store), work, tickingEvery: Self.pause, words: Self.words,
                logger: logger
            ) { file in
                let database = try SpoolDatabase.open(file, for: work, damage: damage)
                opened(database)
                return database
            })
    }

    /// Keeps the file until the service group stops. What was appended by then is committed before it closes; what
    /// cannot be is lost and logged.
    package func run() async throws {
        switch keeping {
        case .file(let keeper): try await keeper.run(isVital: false)
        case .memory:
            // Cancelled or stopped, it is over.
            try? await cancelWhenGracefulShutdown { [work] in
                while true {
                    work.tick()
                    try await Task.sleep(for: Self.pause)
                }
            }
            let lost = work.close()
            if lost > 0 { logger.error(Self.lossOfMemory, metadata: [LogKeys.count: "\(lost)"]) }
        }
    }

    // MARK: - Events

    /// Returns when they are durable, in the order of the calls; where the store is in trouble they are held in memory,
    /// bounded, and ``trouble`` says so. Whoever is cancelled is let go at once; the events may be kept all the same.
    ///
    /// - Throws: `CancellationError`, and nothing else: of the task, or because the spool is closed.
    package func append(_ events: [SpooledEvent]) async throws {
        guard !events.isEmpty else { return }
        try await work.append(events.map(SpoolRow.init))
    }

    /// Keeps what waits for a gap to be made up for, until an event is appended that ``SpooledEvent/releases`` it. Who
    /// begins after this process finds it in the ``record(of:)``. Returns as ``append(_:)`` does.
    ///
    /// - Throws: as that does.
    package func withhold(_ notifications: [WithheldNotification], of agent: String) async throws {
        guard !notifications.isEmpty else { return }
        try await work.withhold(notifications, of: agent)
    }

    /// The oldest, in order; suspends while there is none. The same again until it is removed.
    ///
    /// - Parameter count: so many at most, at least one; where they are large it is fewer.
    /// - Throws: `CancellationError`, and nothing else.
    package func next(atMost count: Int) async throws -> SpoolPortion {
        while true {
            switch try await work.give(max(1, count)) {
            case .given(.portion(let portion)): return portion
            case .given(.rows(let rows, let generation)):
                if let portion = decode(rows, generation) { return portion.prefix(max(1, count)) }
            case .again, .done, .record: break
            }
        }
    }

    private func decode(_ rows: [SpoolRow], _ generation: Int) -> SpoolPortion? {
        var decoded: [(place: SpoolPlace, event: SpooledEvent)] = []
        var damaged: [SpoolPlace] = []
        decoded.reserveCapacity(rows.count)
        for row in rows {
            do throws(SpoolDecodingError) {
                decoded.append((row.short, try row.event()))
            } catch {
                damaged.append(row.short)
                logger.error(
                    "an event in the spool is damaged, and lost",
                    metadata: [
                        LogKeys.agent: "\(row.agent)", LogKeys.epoch: "\(row.place.epoch)",
                        LogKeys.reason: "\(error)",
                    ])
            }
        }
        guard let last = rows.last else { return nil }
        return work.accept(decoded, damaged: damaged, through: last.number, generation: generation)
    }

    /// They are confirmed. If the process ends before the file is without them, they are there again.
    package func remove(_ portion: SpoolPortion) async throws { work.remove(portion) }

    /// Returns when no event waits here.
    ///
    /// - Throws: `CancellationError`, and nothing else.
    package func whenEmpty() async throws { try await work.whenEmpty() }

    /// Whether anything of the agent waits here. Asked for every batch.
    package func holds(_ agent: String) -> Bool { work.with { $0.held[agent] != nil } }

    package var status: SpoolStatus { work.with { $0.status } }

    /// Why the file cannot be used just now, in a sentence; nil if all is well.
    package var trouble: String? { work.trouble }

    /// The same, but not that another bridge has the file: a spare does its work in memory.
    package var failure: String? { work.with(\.isElsewhere) ? nil : work.trouble }

    // MARK: - Losses

    /// What the bound (bytes, age) dropped of the agent's events, the oldest first, and what was damaged; nil as long
    /// as the spool is more than half full. Stays until told.
    package func loss(of agent: String) -> SpoolLoss? {
        let now = now()
        return work.with { $0.loss(of: agent, at: now) }
    }

    /// The Gap that names it is settled. What was lost since it was asked for is still to be told.
    package func lossTold(of agent: String) { work.with { $0.losses.told(agent) } }

    // MARK: - Agents

    /// Written with the next commit, at the latest after a second; nobody waits. Call only with what is settled, and
    /// with values that do not hold on to long texts.
    package func remember(_ change: AgentChange) { work.remember(change) }

    /// What was known at the end of the process before; read before the agent's session begins.
    ///
    /// - Returns: nil where nothing is known, or the file cannot be read.
    /// - Throws: `CancellationError`, and nothing else.
    package func record(of agent: String) async throws -> AgentRecord? {
        guard case .record(let record) = try await work.record(of: agent) else { return nil }
        return record
    }
}
