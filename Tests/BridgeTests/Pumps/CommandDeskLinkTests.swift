import AMQP
import TestSupport
import Testing

@testable import Bridge

/// What becomes of commands when the link that they came by is lost.
struct CommandDeskLinkTests {
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }

    init() throws {
        bench = try DeskBench()
    }

    /// A link that brought these, and was lost; of the work that was handed out the first.
    private func lose(
        _ intakes: [CommandDesk.Intake], handingOut count: Int = 0
    ) async throws -> CommandDesk.Work? {
        let link = await desk.open()
        await desk.take(intakes, link: link)
        var first: CommandDesk.Work?
        for _ in 0..<count {
            let work = await bench.next()
            first = first ?? work
        }
        await desk.close(link)
        return first
    }

    /// The next link, which brings these.
    private func bring(_ intakes: CommandDesk.Intake...) async {
        let link = await desk.open()
        await desk.take(intakes, link: link)
    }

    // MARK: - Losing it

    @Test func `what only waited is given up`() async throws {
        let running = try await lose([bench.intake("c1"), bench.intake("c2")], handingOut: 1)
        await bench.finish(running)
        try await bring(bench.intake("c3"))
        await bench.expectNext("send c3")
    }

    @Test func `what runs goes on and keeps its lane`() async throws {
        let running = try await lose([bench.intake("c1")], handingOut: 1)
        try await bring(bench.intake("c2"), bench.intake("d1", call: "d"))
        await bench.expectNext("send d1")
        await bench.finish(running)
        await bench.expectNext("send c2")
    }

    @Test func `what a lost link still brings is not taken`() async throws {
        let lost = await desk.open()
        await desk.close(lost)
        try await desk.take([bench.intake("c1")], link: lost)
        try await bring(bench.intake("c2"))
        try await desk.take([bench.intake("d1", call: "d")], link: lost)
        try await desk.take([bench.intake("e1", call: "e")], link: lost + 1)
        await bench.expectNext("send c2", "send e1")
    }

    @Test func `the end of an earlier link is not that of the next`() async throws {
        let lost = await desk.open()
        await desk.close(lost)
        try await bring(bench.intake("c1"))
        await desk.close(lost)
        await bench.expectNext("send c1")
    }

    // MARK: - Its first attempt

    @Test(arguments: ["c1", nil])
    func `a redelivered command waits for the outcome of its own first attempt`(id: String?) async throws {
        let running = try await lose([bench.intake(id, tag: 1, madeUpID: "m1")], handingOut: 1)
        try await bring(
            bench.intake(id, tag: 9, count: 1, madeUpID: "m2"), bench.intake("d1", call: "d", tag: 10))
        await bench.expectNext("send d1")
        await bench.finish(running)
        let others = await bench.settle(running)
        #expect(others == [9])
    }

    @Test(arguments: [("c1", "duplicate c1, accepted"), (nil, "duplicate m1, accepted")])
    func `a redelivered command whose first attempt is done gets its outcome`(id: String?, words: String)
        async throws
    {
        let running = try await lose([bench.intake(id, madeUpID: "m1")], handingOut: 1)
        await bench.finish(running)
        await bench.settle(running)
        try await bring(bench.intake(id, count: 1, madeUpID: "m2"))
        await bench.expectNext(words)
    }

    @Test func `who waited for an outcome beside it is not settled on a link that is gone`() async throws {
        let running = try await lose([bench.intake("c1", tag: 1), bench.intake("c1", tag: 2)], handingOut: 1)
        await bench.finish(running)
        let others = await bench.settle(running)
        #expect(others == [])
    }

    @Test func `commands that say the same without an id each wait for their own`() async throws {
        let running = try await lose(
            [bench.intake(nil, tag: 1, madeUpID: "m1"), bench.intake(nil, tag: 2, madeUpID: "m2")],
            handingOut: 1)
        try await bring(
            bench.intake(nil, tag: 3, count: 1, madeUpID: "m3"),
            bench.intake(nil, tag: 4, count: 1, madeUpID: "m4"))
        await bench.finish(running)
        let others = await bench.settle(running)
        #expect(others == [3])
        await bench.expectNext("send m2")
    }

    // MARK: - Doubt

    @Test func `what only waited is sent again without doubt`() async throws {
        _ = try await lose([bench.intake("c1")])
        try await bring(bench.intake("c1", count: 1))
        await bench.expectNext("send c1")
    }

    @Test(arguments: [(2, true), (1, false)])
    func `what somebody else may have had since is in doubt`(count: Int64, isCounted: Bool) async throws {
        _ = try await lose([bench.intake("c1")])
        try await bring(bench.intake("c1", count: count, isCounted: isCounted))
        await bench.expectNext("send c1, redelivered")
    }

    @Test func `a redelivered command that nobody here knows is in doubt`() async throws {
        try await bring(bench.intake("c1", count: 1))
        await bench.expectNext("send c1, redelivered")
    }

    @Test func `doubt outlives a second loss of the link`() async throws {
        _ = try await lose([bench.intake("c1", count: 1)])
        try await bring(bench.intake("c1", count: 2))
        await bench.expectNext("send c1, redelivered")
    }

    @Test func `a duplicate takes nobody's doubt away`() async throws {
        _ = try await lose([bench.intake("c1", count: 1), bench.intake("c1")])
        try await bring(bench.intake("c1", count: 2))
        await bench.expectNext("send c1, redelivered")
    }

    @Test func `certainty outlives a second loss of the link`() async throws {
        _ = try await lose([bench.intake("c1")])
        _ = try await lose([bench.intake("c1", count: 1)])
        try await bring(bench.intake("c1", count: 2))
        await bench.expectNext("send c1")
    }

    @Test func `what was sent and then abandoned is in doubt`() async throws {
        let work = try await lose([bench.intake("c1")], handingOut: 1)
        await desk.abandon(try #require(work))
        try await bring(bench.intake("c1", count: 1))
        await bench.expectNext("send c1, redelivered")
    }
}
