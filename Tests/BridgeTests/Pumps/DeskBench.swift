import GWS
import Testing

@testable import AMQP
@testable import Bridge

/// A desk, and what to put on it.
struct DeskBench {
    let desk: CommandDesk
    let link: SampleLink

    init(limit: Int = 4) throws {
        desk = CommandDesk(limit: limit)
        link = try SampleLink()
    }

    /// - Parameters:
    ///   - id: nil for a command without one; then it gets `madeUpID`.
    ///   - count: how often the queue has delivered it before.
    ///   - isCounted: whether the queue says so.
    func intake(
        _ id: String?, call: String = "c", tag: UInt64 = 0, count: Int64 = 0, isCounted: Bool = true,
        priority: UInt8 = 0, madeUpID: String = "made-up", rejection: Rejection? = nil
    ) throws -> CommandDesk.Intake {
        var properties = Properties(priority: priority, messageID: id)
        if count > 0, isCounted { properties.headers["x-delivery-count"] = .int64(count) }
        let message = AMQPMessage(
            exchange: "gws.commands", routingKey: "command.5001.Hold", properties: properties,
            body: Array(call.utf8))
        let command = Command(
            agent: "5001", operation: .sample("Hold", call: call),
            isRepeatable: false, lane: .call(call))
        return CommandDesk.Intake(
            delivery: link.delivery(message, tag: tag, isRedelivered: count > 0),
            envelope: .sample(properties, madeUpID: madeUpID),
            command: rejection.map { .failure($0) } ?? .success(command))
    }

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

    /// These are the next pieces of work, in words.
    func expectNext(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async {
        for words in words {
            let work = await next()
            #expect(work?.words ?? "nothing" == words, sourceLocation: sourceLocation)
        }
    }

    /// A command was sent and accepted; its answers are not out.
    func finish(_ work: CommandDesk.Work?) async {
        guard case .send(let request, let command, _)? = work else { return }
        await desk.finish(request, command, Verdict(CommandOutcome(.accepted)), at: 1_000_000)
    }

    /// Its answers are confirmed.
    ///
    /// - Returns: the tags of the deliveries that were answered beside it.
    @discardableResult
    func settle(_ work: CommandDesk.Work?) async -> [UInt64] {
        var others: [CommandDesk.Request] = []
        switch work {
        case .send(let request, _, _)?, .answer(let request, _)?: others = await desk.settle(request)
        case .duplicate(let request, _)?: await desk.acknowledge(request)
        case nil: break
        }
        for other in others { await desk.acknowledge(other) }
        await desk.putDown()
        return others.map(\.delivery.tag)
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
}

extension CommandDesk.Work {
    var words: String {
        switch self {
        case .send(let request, _, let doubt):
            "send \(request.envelope.id)" + (doubt.map { ", \($0)" } ?? "")
        case .answer(let request, let verdict):
            "answer \(request.envelope.id), \(verdict.outcome.reason ?? "")"
        case .duplicate(let request, let verdict):
            "duplicate \(request.envelope.id), \(verdict.outcome.kind)"
        }
    }
}
