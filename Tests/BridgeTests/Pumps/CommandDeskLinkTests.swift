import TestSupport
import Testing

@testable import AMQP
@testable import Bridge

/// What becomes of commands when the link that they came by is lost.
struct CommandDeskLinkTests {
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }

    init() throws {
        bench = try DeskBench()
    }

    /// A link that brought these, and was lost.
    private func lose(_ intakes: CommandDesk.Intake...) async throws {
        let link = await desk.open()
        try await desk.take(intakes, link: link)
        await desk.close(link)
    }

    // MARK: - Losing it

    @Test func `what only waited is given up`() async throws {
        let link = try await bench.bring(bench.intake("c1"), bench.intake("c2"))
        let running = try await bench.nextCase()
        await desk.close(link)
        await bench.end(running)
        try await bench.bring(bench.intake("c3"))
        await bench.expectNext("held c3")
    }

    @Test func `what pauses is given up`() async throws {
        let link = try await bench.bring(bench.intake("c1"))
        #expect(try await bench.pause(bench.nextCase(), for: 60_000))
        await desk.close(link)
        try await bench.bring(bench.intake("c2"))
        await bench.expectNext("held c2")
    }

    @Test func `what a queue gave that is there no more goes on`() async throws {
        let link = try await bench.bring(bench.intake("c1"), bench.intake("c2"))
        let running = try await bench.nextCase()
        let malformed = Rejection(.malformed, "It is none.")
        try await desk.take([bench.intake("x", rejection: malformed)], link: link)
        bench.queue.wasDeleted()
        await desk.close(link)
        #expect(await desk.request(of: running) != nil)
        await bench.end(running)
        await bench.expectNext("answer x, malformed", "held c2")
    }

    @Test func `what such a queue gave is handed out where it waited behind what is given up`() async throws {
        let gone = CommandQueue(shard: 1)
        let link = try await bench.bring(bench.intake("c1"), bench.intake("c2", by: gone))
        #expect(try await bench.pause(bench.nextCase(), for: 60_000))
        let isWaiting = Gate<Bool>()
        async let next = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        gone.wasDeleted()
        await desk.close(link)
        #expect(await next?.words == "held c2")
    }

    @Test func `what GWS took goes on`() async throws {
        let link = try await bench.bring(bench.intake("c1"))
        let taken = await bench.accept(try await bench.nextCase())
        await desk.close(link)
        await desk.saw([taken.number])
        await bench.expectNext("held c1")
    }

    @Test func `what runs goes on and keeps its lane`() async throws {
        let link = try await bench.bring(bench.intake("c1"))
        let running = try await bench.nextCase()
        await desk.close(link)
        try await bench.bring(bench.intake("c2"), bench.intake("d1", call: "d"))
        await bench.expectNext("held d1")
        await bench.end(running)
        await bench.expectNext("held c2")
    }

    @Test func `what a lost link still brings is not taken`() async throws {
        let lost = await desk.open()
        await desk.close(lost)
        try await desk.take([bench.intake("c1")], link: lost)
        try await bench.bring(bench.intake("c2"))
        try await desk.take([bench.intake("d1", call: "d")], link: lost)
        try await desk.take([bench.intake("e1", call: "e")], link: lost + 1)
        await bench.expectNext("held c2", "held e1")
    }

    @Test func `the end of an earlier link is not that of the next`() async throws {
        let lost = await desk.open()
        await desk.close(lost)
        try await bench.bring(bench.intake("c1"))
        await desk.close(lost)
        await bench.expectNext("held c1")
    }

    // MARK: - Delivered again while its first delivery is under way

    @Test(arguments: ["c1", nil])
    func `a redelivered command takes the place of its first delivery`(id: String?) async throws {
        let link = try await bench.bring(bench.intake(id, tag: 1, madeUpID: "m1"))
        let running = try await bench.nextCase()
        await desk.close(link)
        try await bench.bring(bench.intake(id, tag: 9, count: 1, madeUpID: "m2"))
        await bench.finish(running)
        #expect(bench.link.acknowledged() == [9])
        #expect(await desk.memories == [])
    }

    @Test func `what GWS took is acknowledged by its last delivery`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        let taken = await bench.accept(try await bench.nextCase())
        await desk.close(link)
        try await bench.bring(bench.intake("c1", tag: 9, count: 1))
        await desk.saw([taken.number])
        await bench.finish(try await bench.nextCase())
        #expect(bench.link.acknowledged() == [9])
    }

    @Test func `what is to be sent still goes on with its next delivery`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        let running = try await bench.nextCase()
        await desk.close(link)
        #expect(await desk.request(of: running) == nil)
        try await bench.bring(bench.intake("c1", tag: 9, count: 1))
        #expect(await desk.request(of: running)?.delivery.tag == 9)
    }

    @Test func `what somebody else had in between is not sent by its first delivery's worker`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        let running = try await bench.nextCase()
        await desk.close(link)
        try await bench.bring(bench.intake("c1", tag: 9, count: 2))
        #expect(await desk.request(of: running) == nil)
    }

    @Test func `what is abandoned after its next delivery has come is delivered once more`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        let running = try await bench.nextCase()
        await desk.close(link)
        try await bench.bring(bench.intake("c1", tag: 9, count: 1))
        await desk.abandon(.carryOn(running))
        #expect(bench.link.settled() == ([], [9]))
        try await bench.bring(bench.intake("c1", tag: 10, count: 2, isCounted: false))
        await bench.expectNext("sent c1")
    }

    @Test func `a command without an id that is delivered once more is known again`() async throws {
        try await bench.bring(bench.intake(nil, tag: 1, madeUpID: "m1"))
        await desk.abandon(try #require(await bench.next()))
        try await bench.bring(bench.intake(nil, tag: 2, count: 1, madeUpID: "m2"))
        await bench.expectNext("held m1")
    }

    @Test func `who waited for an outcome beside it is not settled on a link that is gone`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1), bench.intake("c1", tag: 2))
        let running = try await bench.nextCase()
        await desk.close(link)
        await bench.end(running)
        #expect(await bench.settle(running) == [])
    }

    @Test func `commands that say the same without an id each wait for their own`() async throws {
        let link = try await bench.bring(
            bench.intake(nil, tag: 1, madeUpID: "m1"), bench.intake(nil, tag: 2, madeUpID: "m2"))
        let running = try await bench.nextCase()
        await desk.close(link)
        try await bench.bring(
            bench.intake(nil, tag: 3, count: 1, madeUpID: "m3"),
            bench.intake(nil, tag: 4, count: 1, madeUpID: "m4"))
        await bench.finish(running)
        #expect(bench.link.acknowledged() == [3])
        await bench.expectNext("held m2")
    }

    // MARK: - Delivered again, and known by the ledger

    @Test func `a count without end that a producer made up overflows nothing`() async throws {
        bench.ledger.note([
            LedgerEntry(id: "c1", stage: .held, deliveryCount: .max, arrivedAt: 1_000_000)
        ])
        try await bench.bring(bench.intake("c1", count: 1))
        await bench.expectNext("held c1")
    }

    @Test(arguments: ["c1", nil])
    func `a redelivered command that has ended is told once more`(id: String?) async throws {
        let link = try await bench.bring(bench.intake(id, madeUpID: "m1"))
        let running = try await bench.nextCase()
        await bench.end(running)
        await desk.close(link)
        await desk.abandon(.carryOn(running))
        try await bench.bring(bench.intake(id, count: 1, madeUpID: "m2"))
        await bench.expectNext("again \(id ?? "m1"), confirmed")
    }

    @Test func `another command of the id of one that was told is a duplicate`() async throws {
        bench.ledger.note([.sample("c1", .told)])
        try await bench.bring(bench.intake("c1"))
        await bench.expectNext("duplicate c1, confirmed")
    }

    @Test(arguments: [0, 1])
    func `what ended and may not have been told is told in full`(count: Int64) async throws {
        bench.ledger.note([.sample("c1", .ended)])
        try await bench.bring(bench.intake("c1", count: count))
        await bench.expectNext("again c1, confirmed")
    }

    @Test func `what ended and was not told is told as it ended though the broker then gave it up`()
        async throws
    {
        bench.ledger.note([.sample("c1", .ended)])
        try await bench.bring(bench.undelivered("c1"))
        await bench.expectNext("again c1, confirmed")
    }

    @Test(arguments: ["c1", nil])
    func `a redelivered command that was told is a duplicate`(id: String?) async throws {
        let link = try await bench.bring(bench.intake(id, madeUpID: "m1"))
        let running = try await bench.nextCase()
        await desk.close(link)
        await bench.finish(running)
        try await bench.bring(bench.intake(id, count: 1, madeUpID: "m2"))
        await bench.expectNext("duplicate \(id ?? "m1"), confirmed")
    }

    @Test(arguments: [LedgerEntry.Stage.sent, .accepted], [0, 1])
    func `how far a command had come is known by whoever gets it`(stage: LedgerEntry.Stage, count: Int64)
        async throws
    {
        bench.ledger.note([.sample("c1", stage)])
        try await bench.bring(bench.intake("c1", count: count))
        await bench.expectNext("\(stage) c1")
    }

    // MARK: - Doubt

    @Test func `what only waited is sent again without doubt`() async throws {
        try await lose(bench.intake("c1"))
        try await bench.bring(bench.intake("c1", count: 1))
        let item = try await bench.nextCase()
        #expect(!item.course.attempts.isInDoubt)
    }

    @Test(arguments: [(2, true), (1, false)])
    func `what somebody else may have had since is in doubt`(count: Int64, isCounted: Bool) async throws {
        try await lose(bench.intake("c1"))
        try await bench.bring(bench.intake("c1", count: count, isCounted: isCounted))
        let item = try await bench.nextCase()
        #expect(item.course.attempts.doubt == CommandOutcome.redelivered)
    }

    @Test func `a redelivered command that nobody here knows is in doubt`() async throws {
        try await bench.bring(bench.intake("c1", count: 1))
        let item = try await bench.nextCase()
        #expect(item.course.attempts.doubt == CommandOutcome.redelivered)
    }

    @Test func `what is no command was never sent, whoever had it before`() async throws {
        let malformed = Rejection(.malformed, "It is none.")
        try await bench.bring(bench.intake("x", count: 1, rejection: malformed))
        await bench.expectNext("answer x, malformed")
    }

    @Test func `certainty outlives a second loss of the link`() async throws {
        try await lose(bench.intake("c1"))
        try await lose(bench.intake("c1", count: 1))
        try await bench.bring(bench.intake("c1", count: 2))
        await bench.expectNext("held c1")
    }

    @Test func `doubt outlives a second loss of the link`() async throws {
        try await lose(bench.intake("c1"))
        try await lose(bench.intake("c1", count: 2))
        try await bench.bring(bench.intake("c1", count: 3))
        await bench.expectNext("sent c1")
    }
}
