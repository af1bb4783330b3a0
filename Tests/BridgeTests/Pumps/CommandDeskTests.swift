import AMQP
import TestSupport
import Testing

@testable import Bridge

struct CommandDeskTests {
    private let bench: DeskBench
    private let malformed = Rejection(.malformed, "It is none.")

    init() throws {
        bench = try DeskBench()
    }

    // MARK: - Lanes

    @Test func `commands of a call go one after another and those of others beside them`() async throws {
        try await bench.bring(bench.intake("c1"), bench.intake("c2"), bench.intake("d1", call: "d"))
        let first = try await bench.nextCase()
        #expect(first.envelope.id == "c1")
        await bench.expectNext("held d1")
        await bench.end(first)
        await bench.expectNext("held c2")
    }

    @Test func `a lane goes on as soon as GWS has taken its command`() async throws {
        try await bench.bring(bench.intake("c1"), bench.intake("c2"))
        _ = await bench.accept(try await bench.nextCase())
        await bench.expectNext("held c2")
    }

    @Test func `no more are sent at a time than may be, and answers need not wait for that`() async throws {
        let bench = try DeskBench(concurrency: 1)
        let link = try await bench.bring(
            bench.intake("c1"), bench.intake("d1", call: "d"), bench.intake("x", rejection: malformed))
        await bench.expectNext("answer x, malformed")
        let first = try await bench.nextCase()
        #expect(first.envelope.id == "c1")
        try await bench.desk.take([bench.intake("y", rejection: malformed)], link: link)
        await bench.expectNext("answer y, malformed")
        await bench.end(first)
        await bench.expectNext("held d1")
    }

    @Test func `an urgent command goes ahead of those of its call that wait`() async throws {
        let link = try await bench.bring(bench.intake("c1"), bench.intake("c2"))
        let first = try await bench.nextCase()
        try await bench.desk.take([bench.intake("c3", priority: 5)], link: link)
        await bench.end(first)
        await bench.expectNext("held c3")
    }

    // MARK: - Handing out

    @Test func `a worker that waits is handed what comes`() async throws {
        let isWaiting = Gate<Bool>()
        async let worker = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        try await bench.bring(bench.intake("c1"))
        let words = await worker?.words
        #expect(words == "held c1")
    }

    @Test func `a worker that waits is handed the next of a call as soon as the last has ended`()
        async throws
    {
        try await bench.bring(bench.intake("c1"), bench.intake("c2"))
        let first = try await bench.nextCase()
        let isWaiting = Gate<Bool>()
        async let worker = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        await bench.end(first)
        let words = await worker?.words
        #expect(words == "held c2")
    }

    @Test func `a command is acknowledged when its answers are out and not before`() async throws {
        try await bench.bring(bench.intake("c1", tag: 7))
        let item = try await bench.nextCase()
        await bench.end(item)
        #expect(bench.link.acknowledged() == [])
        await bench.settle(item)
        #expect(bench.link.acknowledged() == [7])
    }

    // MARK: - Duplicates

    @Test func `a duplicate of a command under way waits for its outcome`() async throws {
        let link = try await bench.bring(
            bench.intake("c1", tag: 1), bench.intake("c1", call: "other", tag: 2))
        let item = try await bench.nextCase()
        try await bench.desk.take(
            [bench.intake("c1", tag: 3), bench.intake("d1", call: "d", tag: 4)], link: link)
        await bench.expectNext("held d1")
        await bench.end(item)
        // Its outcome is known and its answers are not out.
        try await bench.desk.take([bench.intake("c1", tag: 5)], link: link)
        #expect(await bench.settle(item) == [2, 3, 5])
        #expect(bench.link.acknowledged() == [1, 2, 3, 5])
    }

    @Test func `a duplicate of a command that is done gets its outcome and is not sent`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        await bench.finish(try await bench.nextCase())
        try await bench.desk.take([bench.intake("c1", tag: 2)], link: link)
        await bench.expectNext("duplicate c1, confirmed")
    }

    @Test func `each of some duplicates that come together is answered`() async throws {
        let link = try await bench.bring(bench.intake("c1", tag: 1))
        await bench.finish(try await bench.nextCase())
        let duplicates = [2, 3, 4].map { bench.intake("c1", tag: $0) }
        try await bench.desk.take(duplicates, link: link)
        for _ in 1...3 {
            let work = await bench.next()
            guard case .duplicate(let request, _)? = work else {
                Issue.record("\(work?.words ?? "nothing")")
                continue
            }
            await bench.desk.acknowledge(request)
            await bench.desk.putDown()
        }
        #expect(bench.link.acknowledged() == [1, 2, 3, 4])
    }

    @Test func `two commands that say the same without an id are both sent`() async throws {
        try await bench.bring(bench.intake(nil, madeUpID: "m1"), bench.intake(nil, madeUpID: "m2"))
        await bench.end(try await bench.nextCase())
        await bench.expectNext("held m2")
    }

    // MARK: - Rejections

    @Test func `a duplicate of a rejected command is rejected with it`() async throws {
        try await bench.bring(
            bench.intake("x", tag: 1, rejection: malformed), bench.intake("x", tag: 2))
        guard case .answer(let request, _, _)? = await bench.next() else {
            Issue.record("no answer")
            return
        }
        #expect(await bench.settle(request) == [2])
    }

    @Test func `a rejection that had no answer when the link was lost gets all of it and not a duplicate's`()
        async throws
    {
        let lost = try await bench.bring(bench.intake("x", rejection: malformed))
        await bench.desk.close(lost)
        try await bench.bring(bench.intake("x", count: 1, rejection: malformed))
        await bench.expectNext("answer x, malformed")
    }

    // MARK: - Abandoning

    @Test func `an abandoned command leaves its lane and is delivered again`() async throws {
        try await bench.bring(bench.intake("c1", tag: 1), bench.intake("c2", tag: 2))
        let work = try #require(await bench.next())
        await bench.desk.abandon(work)
        await bench.expectNext("held c2")
        #expect(bench.link.settled() == ([], [1]))
    }

    @Test func `those who waited for the outcome of an abandoned command are delivered again`() async throws {
        try await bench.bring(bench.intake("c1", tag: 1), bench.intake("c1", tag: 2))
        await bench.desk.abandon(try #require(await bench.next()))
        #expect(bench.link.settled() == ([], [1, 2]))
    }

    @Test func `a command that is abandoned after its outcome leaves the lane to the one behind it`()
        async throws
    {
        try await bench.bring(bench.intake("c1"), bench.intake("c2"), bench.intake("c3"))
        let item = try await bench.nextCase()
        await bench.end(item)
        await bench.expectNext("held c2")
        await bench.desk.abandon(.carryOn(item))
        // Still only the one of c2.
        try await bench.bring(bench.intake("d1", call: "d"))
        await bench.expectNext("held d1")
    }

    // MARK: - Forgetting

    @Test func `when all is settled nothing of it is remembered`() async throws {
        let link = try await bench.bring(
            bench.intake("a", call: "a"), bench.intake("a", call: "a"), bench.intake("b", call: "b"),
            bench.intake("c", call: "c"), bench.intake("d", call: "d"), bench.intake(nil, call: "e"),
            bench.intake("x", rejection: malformed))
        guard case .answer(let rejected, _, _)? = await bench.next() else {
            Issue.record("no answer")
            return
        }
        await bench.settle(rejected)
        await bench.finish(try await bench.nextCase())
        await bench.finish(try await bench.nextCase(), .failed(pause: nil))
        let taken = await bench.accept(try await bench.nextCase())
        await bench.desk.saw([taken.number])
        await bench.finish(try await bench.nextCase())
        await bench.desk.abandon(try #require(await bench.next()))
        let nameless = try await bench.nextCase()
        #expect(await bench.pause(nameless, for: 60_000))
        await bench.desk.saw([nameless.number])
        await bench.finish(try await bench.nextCase())
        try await bench.desk.take([bench.intake("a", call: "a")], link: link)
        await bench.expectNext("duplicate a, confirmed")
        await bench.desk.putDown()
        #expect(await bench.desk.memories == [])
    }

    @Test func `when a link is lost nothing of what waited is remembered`() async throws {
        let link = try await bench.bring(
            bench.intake("a", call: "a"), bench.intake("a", call: "a"), bench.intake("b", call: "b"),
            bench.intake("b2", call: "b"), bench.intake(nil, call: "c"),
            bench.intake("x", rejection: malformed))
        await bench.expectNext("answer x, malformed")
        #expect(try await bench.pause(bench.nextCase(), for: 60_000))
        let running = try await bench.nextCase()
        await bench.desk.close(link)
        await bench.finish(running)
        #expect(await bench.desk.memories == ["under way x"])
    }
}
