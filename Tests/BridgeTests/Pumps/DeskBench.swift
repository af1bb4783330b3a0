import GWS
import MetricsTestKit
import TestSupport
import Testing

@testable import AMQP
@testable import Bridge

/// A desk, and what to put on it.
struct DeskBench {
    let desk: CommandDesk
    let link: SampleLink
    let ledger: Ledger
    /// That all come by who are not said to come by another.
    let queue = CommandQueue(shard: 0)

    /// - Parameter ledger: in memory by default.
    init(
        concurrency: Int = 4, ledger: Ledger? = nil,
        metrics: BridgeMetrics = BridgeMetrics(TestMetrics())
    ) throws {
        var commands = BridgeConfiguration.Commands()
        commands.concurrency = concurrency
        self.ledger = ledger ?? Ledger(BridgeConfiguration.Store(), logger: .silent)
        desk = CommandDesk(commands, ledger: self.ledger, metrics: metrics, logger: .silent)
        link = try SampleLink()
    }

    /// - Parameters:
    ///   - id: nil for a command without one; then it gets `madeUpID`.
    ///   - count: how often the queue has delivered it before.
    ///   - isCounted: whether the queue says so.
    ///   - lifetime: milliseconds from now.
    func intake(
        _ id: String?, call: String = "c", agent: String = "5001", tag: UInt64 = 0, count: Int64 = 0,
        isCounted: Bool = true, priority: UInt8 = 0, madeUpID: String = "made-up", lifetime: Int64 = 60_000,
        rejection: Rejection? = nil, by queue: CommandQueue? = nil
    ) -> CommandDesk.Intake {
        var properties = Properties(priority: priority, messageID: id)
        if count > 0, isCounted { properties.headers["x-delivery-count"] = .int64(count) }
        let message = AMQPMessage(
            exchange: "gws.commands", routingKey: "command.\(agent).Hold", properties: properties,
            body: Array(call.utf8))
        let command = Command(
            agent: agent, operation: .sample("Hold", call: call), isRepeatable: false,
            change: .call("StatusChange", .is("state", "Held")), lane: .call(call))
        let envelope = Envelope(
            properties, arrivedAt: UnixTime.now(), arrival: .now, lifetime: lifetime, madeUpID: madeUpID)
        return CommandDesk.Intake(
            delivery: link.delivery(message, tag: tag, isRedelivered: count > 0), message: message,
            envelope: envelope,
            subject: rejection.map { .ended($0.outcome, command: nil) } ?? .command(command),
            queue: queue ?? self.queue)
    }

    /// A command that the broker dropped.
    func undelivered(_ id: String) -> CommandDesk.Intake {
        let intake = intake(id)
        return CommandDesk.Intake(
            delivery: intake.delivery, message: intake.message, envelope: intake.envelope,
            subject: .ended(CommandOutcome(.expired, reason: "queue-ttl"), command: nil),
            queue: queue)
    }

    /// A link that brings these.
    @discardableResult
    func bring(_ intakes: CommandDesk.Intake...) async throws -> Int {
        let link = await desk.open()
        try await desk.take(intakes, link: link)
        return link
    }

    /// Runs the desk's clock beside it.
    func withTime<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup { group in
            group.addTask { await desk.keepTime() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    // MARK: - As a worker

    /// The next piece of work. Where none comes within ten seconds the desk is stopped, and there is none.
    func next(_ isWaiting: Gate<Bool>? = nil) async -> CommandDesk.Work? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard case ()? = try? await ContinuousClock().sleep(for: .seconds(10)) else { return }
                await desk.stop(by: .now)
            }
            defer { group.cancelAll() }
            return await desk.next(isWaiting)
        }
    }

    func nextCase() async throws -> CommandCase {
        let work = await next()
        guard case .carryOn(let item)? = work else {
            throw Unexpected(description: "no command but \(work?.words ?? "nothing")")
        }
        return item
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// These are the next pieces of work, in words.
    func expectNext(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async {
        for words in words {
            let work = await next()
            #expect(work?.words ?? "nothing" == words, sourceLocation: sourceLocation)
        }
    }

    /// What a handler notes before it sends.
    func note(_ stage: LedgerEntry.Stage, of item: CommandCase) {
        var entry = item.entry
        entry.stage = stage
        if stage == .ended || stage == .told { entry.verdict = Verdict(CommandOutcome(.confirmed)) }
        ledger.note([entry])
    }

    /// It has its outcome; its answers are not out.
    func end(_ item: CommandCase, _ reach: CommandDesk.Reach = .reached) async {
        note(.ended, of: item)
        await desk.ended(item, reach)
    }

    /// Its answers are confirmed.
    ///
    /// - Returns: the tags of the deliveries that were answered beside it.
    @discardableResult
    func settle(_ item: CommandCase) async -> [UInt64] {
        note(.told, of: item)
        return await settle(item.request)
    }

    @discardableResult
    func settle(_ request: CommandRequest) async -> [UInt64] {
        let others = await desk.settle(request)
        for other in others { await desk.acknowledge(other) }
        await desk.putDown()
        return others.map(\.delivery.tag)
    }

    func finish(_ item: CommandCase, _ reach: CommandDesk.Reach = .reached) async {
        await end(item, reach)
        await settle(item)
    }

    /// It waits, and the worker is free.
    ///
    /// - Parameter milliseconds: how long.
    func pause(_ item: CommandCase, for milliseconds: Int64, _ reach: CommandDesk.Reach = .notTried)
        async -> Bool
    {
        item.waitsUntil = UnixTime.now() + milliseconds
        guard await desk.wait(item, reach) else { return false }
        await desk.putDown()
        return true
    }

    /// GWS took it; it waits for what it does, and the worker is free.
    ///
    /// - Returns: as it waits.
    func accept(_ item: CommandCase, for milliseconds: Int64 = 60_000) async -> CommandCase {
        _ = item.course.sent(
            Outcome(.accepted), heldBefore: false, now: UnixTime.now(), jitter: 0)
        note(.accepted, of: item)
        await desk.accepted(item, .reached)
        let waits = await pause(item, for: milliseconds)
        #expect(waits)
        return item
    }
}

extension CommandDesk {
    /// Opens the gate in the turn in which it begins to wait.
    fileprivate func next(_ isWaiting: Gate<Bool>?) async -> Work? {
        isWaiting?.open(true)
        return await next()
    }

    /// Opens the gate in the turn in which it begins to stop.
    func stop(by end: ContinuousClock.Instant, _ isStopping: Gate<Bool>) async {
        isStopping.open(true)
        await stop(by: end)
    }

    /// Opens the gate in the turn in which it begins to ask the ledger.
    func take(_ intakes: [Intake], link: Int, _ isTaking: Gate<Bool>) async throws {
        isTaking.open(true)
        try await take(intakes, link: link)
    }

    /// What it remembers of commands.
    var memories: [String] {
        underWay.keys.map { "under way \($0.string)" } + ids.map { "number \($0)" }
            + nameless.keys.map { "nameless \($0)" } + waiting.keys.map { "waiting \($0)" }
            + breakers.keys.map { "breaker \($0)" } + resumed.map { "resumed \($0.number)" }
            + answers.map(\.words) + (lanes.isIdle ? [] : ["lanes"])
    }
}

extension CommandDesk.Work {
    /// Of a command on its way also how far the ledger has it.
    var words: String {
        switch self {
        case .carryOn(let item): "\(item.entry.stage) \(item.envelope.id)"
        case .answer(let request, let verdict, let isRecorded):
            "\(isRecorded ? "again" : "answer") \(request.envelope.id), \(verdict.words)"
        case .duplicate(let request, let verdict): "duplicate \(request.envelope.id), \(verdict.words)"
        case .reroute(let request, _): "reroute \(request.envelope.id)"
        }
    }
}

extension Verdict {
    fileprivate var words: String { outcome.reason ?? outcome.kind.rawValue }
}
