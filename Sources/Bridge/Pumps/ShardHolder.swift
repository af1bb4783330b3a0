internal import AMQP
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// Has this process serve the shards whose queues give it their messages, and those only: begins the sessions of their
/// agents, and ends them when another process has taken over.
///
/// ``Tenure`` decides which these are, ``Succession`` when it begins.
final class ShardHolder: Service {
    private struct State {
        var tenures: [Tenure]
        var successions: [Succession]
        var link: AMQPConnection?
        /// Whether the queue that the others are heard by has given a marker of this process.
        var hearsOthers = false
        /// By the link that there was last.
        var lastHeard = ContinuousClock.now
        var lastLook = ContinuousClock.now
        /// Those whose sessions it has begun.
        var served: Set<Int> = []
        /// What this process served when it was to stop; nil before.
        var left: [Int]?
    }

    let shards: Shards
    private let names: Names
    private let timing: Tenure.Timing
    private let sessions: Sessions
    private let desk: CommandDesk
    private let publisher: Publisher
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    init(
        configuration: BridgeConfiguration, names: Names, sessions: Sessions, desk: CommandDesk,
        publisher: Publisher, logger: Logger
    ) {
        shards = Shards(configuration.commands.shards)
        self.names = names
        var timing = configuration.markers
        // Without heartbeats nobody says how long a silent process is waited for.
        if configuration.broker.heartbeat > .zero { timing.grace = configuration.broker.heartbeat }
        self.timing = timing
        self.sessions = sessions
        self.desk = desk
        self.publisher = publisher
        self.logger = logger
        let (tenure, succession) = (Tenure(timing), Succession(patience: timing.patience))
        state = NIOLockedValueBox(
            State(
                tenures: Array(repeating: tenure, count: shards.count),
                successions: Array(repeating: succession, count: shards.count)))
    }

    /// Runs until the service group stops, which is when the sessions have ended, and then says that they have.
    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await self.keepTime() }
            group.addTask { await self.announce() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        await tell(.left)
    }

    /// Why it is not known whether this process serves them, in a sentence.
    var trouble: String? {
        let (undecided, forsaken) = state.withLockedValue { state in
            (
                state.tenures.count { $0.isUndecided },
                state.hearsOthers ? shards.all.first { state.tenures[$0].isForsaken } : nil
            )
        }
        if let shard = forsaken {
            return
                "What is sent to \(names.commands(of: shard, shards)) comes to no process that is heard: one that is cut "
                + "off or cannot publish may have it, or another program, or it is not bound to \(names.commands) for "
                + "\(Marker.routingKey(of: shard))."
        }
        guard undecided > 0 else { return nil }
        let of = shards.count == 1 ? "" : " of \(undecided) shards"
        return "Whether this process serves the agents\(of), or another does, is not known yet."
    }

    /// How many this process serves.
    var activeCount: Int { state.withLockedValue { state in state.tenures.count { $0.isActive } } }

    // MARK: - The link

    /// In which order to consume them: what this process serves it should get again, after the broker's restart too.
    var order: [Int] {
        let served = state.withLockedValue(\.served)
        let preferred = shards.preferred(by: names.process)
        return preferred.filter(served.contains) + preferred.filter { !served.contains($0) }
    }

    /// Whether to let others consume it before: this process does not serve it, and another may, as far as it has heard.
    func givesWay(on shard: Int) -> Bool {
        state.withLockedValue { !$0.served.contains(shard) && $0.tenures[shard].hasDeputy }
    }

    /// Their queues are consumed by this connection.
    func opened(_ connection: AMQPConnection) {
        state.withLockedValue { state in
            state.link = connection
            state.hearsOthers = false
            for shard in shards.all { state.tenures[shard].opened() }
            tellDeputies(state)
        }
    }

    /// They are not to be consumed any more: others hear of it before one of them is given anything.
    func leave() async {
        state.withLockedValue { state in
            state.left = state.served.sorted()
            for shard in shards.all { state.tenures[shard].closed() }
        }
        await tell(.leaving)
    }

    /// The connection is over.
    func closed() {
        state.withLockedValue { state in
            if let link = state.link { state.lastHeard = max(state.lastHeard, link.status.lastHeard) }
            state.link = nil
            for shard in shards.all { state.tenures[shard].closed() }
            tellDeputies(state)
        }
    }

    // MARK: - Messages

    /// Takes what the queue of a shard gave for what it means, and settles the markers among it.
    ///
    /// - Parameter shard: nil where it is the queue of what was not delivered: there a marker tells nothing.
    /// - Returns: the others, in their order.
    func takeMarkers(outOf batch: [Delivery], of shard: Int?) -> [Delivery] {
        var commands: [Delivery] = []
        var markers: [Marker] = []
        commands.reserveCapacity(batch.count)
        for delivery in batch {
            guard let marker = Marker(delivery.message) else {
                commands.append(delivery)
                continue
            }
            markers.append(marker)
            delivery.acknowledge()
        }
        guard let shard else { return commands }
        state.withLockedValue { state in
            for marker in markers {
                // One of another shard shows no more than that this queue gives.
                guard marker.shard == shard else {
                    note(state.tenures[shard].received(), of: shard, in: &state)
                    continue
                }
                let isOwn = marker.sender == names.process
                if !isOwn {
                    // Where no queue of its own brings it.
                    state.successions[shard].heard(marker.standing, from: marker.sender)
                    if marker.standing == .consuming { state.tenures[shard].heardOther(byQueue: true) }
                }
                note(
                    state.tenures[shard].received(marker: isOwn ? marker.number : nil), of: shard, in: &state)
            }
            if !commands.isEmpty { note(state.tenures[shard].received(), of: shard, in: &state) }
            // Not for each command; time brings the rest.
            if !markers.isEmpty { tellDeputies(state) }
        }
        return commands
    }

    /// A process has told all others how it stands.
    func heard(_ marker: Marker) {
        let shard = marker.shard
        guard shards.all.contains(shard) else { return }
        state.withLockedValue { state in
            guard marker.sender != names.process else {
                state.hearsOthers = true
                return
            }
            state.successions[shard].heard(marker.standing, from: marker.sender)
            if marker.standing == .consuming { state.tenures[shard].heardOther() }
            begin(shard, in: &state)
        }
    }

    // MARK: - Time

    /// Asks at once who serves them, and not with the next beat.
    func introduce() async { await tell(.consuming) }

    /// Sends markers until it is cancelled: for as long as there is a link that they can come back by, and then for as
    /// long as sessions end.
    private func announce() async {
        repeat {
            let (isConsuming, isLeaving) = state.withLockedValue { ($0.link != nil, $0.left != nil) }
            if isLeaving { await tell(.leaving) } else if isConsuming { await tell(.consuming) }
        } while (try? await ContinuousClock().sleep(for: timing.interval)) != nil
    }

    /// To all shards, or to those that this process leaves.
    private func tell(_ standing: Marker.Standing) async {
        let told = state.withLockedValue { state in
            (standing == .consuming ? Array(shards.all) : state.left ?? []).map { shard in
                (shard, number: state.tenures[shard].send())
            }
        }
        guard !told.isEmpty else { return }
        let markers = told.map { shard, number in
            Marker(sender: names.process, shard: shard, number: number, standing).message(names: names)
        }
        // No longer than from one to the next: who leaves is waited for as long as it speaks.
        guard let settlements = try? await publisher.publishEach(markers, patience: timing.interval) else {
            return
        }
        state.withLockedValue { state in
            for ((shard, number), settlement) in zip(told, settlements) where settlement == .confirmed {
                state.tenures[shard].wasTaken(number)
            }
        }
    }

    /// Sees whether any is to be left, with a link and without, until it is cancelled.
    private func keepTime() async {
        let clock = ContinuousClock()
        while (try? await clock.sleep(for: timing.step)) != nil {
            var held: Set<Int> = []
            for shard in shards.all where state.withLockedValue({ $0.tenures[shard].asksForHeld }) {
                if await desk.holds(shard: shard) { held.insert(shard) }
            }
            let left = state.withLockedValue { state in
                let now = clock.now
                let elapsed = now - state.lastLook
                state.lastLook = now
                if let link = state.link { state.lastHeard = max(state.lastHeard, link.status.lastHeard) }
                let silence = now - state.lastHeard
                var left: Set<Int> = []
                for shard in shards.all {
                    let change = state.tenures[shard].passed(
                        elapsed, silence: silence, holds: held.contains(shard))
                    if change != nil { left.insert(shard) }
                    note(change, of: shard, in: &state)
                    begin(shard, in: &state, after: elapsed)
                }
                tellDeputies(state)
                return left
            }
            if !left.isEmpty { await desk.leave { [shards] in left.contains(shards.shard(of: $0)) } }
        }
    }

    // MARK: - Serving

    /// Under the lock, so that what follows does so in its order.
    private func note(_ change: Tenure.Change?, of shard: Int, in state: inout State) {
        switch change {
        case nil: break
        case .begun(let fromOther):
            sessions.expect(shard)
            state.successions[shard].begun(fromOther: fromOther)
            begin(shard, in: &state)
        case .ended(let reason):
            state.successions[shard].ended()
            state.served.remove(shard)
            logger.warning(
                "Leaving the agents of a shard to another process",
                metadata: [
                    LogKeys.queue: "\(names.commands(of: shard, shards))",
                    LogKeys.reason: "\(reason.rawValue)",
                ])
            sessions.leave(shard)
        }
    }

    private func tellDeputies(_ state: State) {
        sessions.deputize(
            Set(shards.all.filter { state.tenures[$0].hasDeputy }),
            contested: Set(shards.all.filter { state.tenures[$0].isContested }))
    }

    private func begin(_ shard: Int, in state: inout State, after elapsed: Duration = .zero) {
        guard let fromOther = state.successions[shard].begins(after: elapsed), state.left == nil else {
            return
        }
        logger.info(
            "Serving the agents of a shard",
            metadata: [LogKeys.queue: "\(names.commands(of: shard, shards))"])
        state.served.insert(shard)
        sessions.hold(shard, fromOther: fromOther)
    }
}
