import AMQP
import TestSupport
import Testing

@testable import Bridge

struct CommandDeskTests {
    private let malformed = Rejection(.malformed, "It is none.")

    // MARK: - Lanes

    @Test func `commands of a call go one after another and those of others beside them`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake("c1"), bench.intake("c2"), bench.intake("d1", call: "d")], link: link)
        let first = await bench.next()
        #expect(first?.words == "send c1")
        await bench.expectNext("send d1")
        await bench.finish(first)
        await bench.expectNext("send c2")
    }

    @Test func `no more are sent at a time than may be, and answers need not wait for that`() async throws {
        let bench = try DeskBench(limit: 1)
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake("c1"), bench.intake("d1", call: "d"), bench.intake("x", rejection: malformed)],
            link: link)
        await bench.expectNext("answer x, malformed")
        let first = await bench.next()
        #expect(first?.words == "send c1")
        try await bench.desk.take([bench.intake("y", rejection: malformed)], link: link)
        await bench.expectNext("answer y, malformed")
        await bench.finish(first)
        await bench.expectNext("send d1")
    }

    @Test func `an urgent command goes ahead of those of its call that wait`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake("c1"), bench.intake("c2")], link: link)
        let first = await bench.next()
        try await bench.desk.take([bench.intake("c3", priority: 5)], link: link)
        await bench.finish(first)
        await bench.expectNext("send c3")
    }

    // MARK: - Handing out

    @Test func `a worker that waits is handed what comes`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        let isWaiting = Gate<Bool>()
        async let worker = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        try await bench.desk.take([bench.intake("c1")], link: link)
        let words = await worker?.words
        #expect(words == "send c1")
    }

    @Test func `a worker that waits is handed the next of a call as soon as the last is finished`()
        async throws
    {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("c1"), bench.intake("c2")], link: link)
        let first = await bench.next()
        let isWaiting = Gate<Bool>()
        async let worker = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        await bench.finish(first)
        let words = await worker?.words
        #expect(words == "send c2")
    }

    @Test func `a command is acknowledged when its answers are out and not before`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("c1", tag: 7)], link: link)
        let work = await bench.next()
        await bench.finish(work)
        #expect(bench.link.acknowledged() == [])
        await bench.settle(work)
        #expect(bench.link.acknowledged() == [7])
    }

    // MARK: - Duplicates

    @Test func `a duplicate of a command under way waits for its outcome`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake("c1", tag: 1), bench.intake("c1", call: "other", tag: 2)], link: link)
        let work = await bench.next()
        try await bench.desk.take(
            [bench.intake("c1", tag: 3), bench.intake("d1", call: "d", tag: 4)], link: link)
        await bench.expectNext("send d1")
        await bench.finish(work)
        // Its outcome is known and its answers are not out.
        try await bench.desk.take([bench.intake("c1", tag: 5)], link: link)
        let others = await bench.settle(work)
        #expect(others == [2, 3, 5])
        #expect(bench.link.acknowledged() == [1, 2, 3, 5])
    }

    @Test func `a duplicate of a command that is done gets its outcome and is not sent`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("c1", tag: 1)], link: link)
        let first = await bench.next()
        await bench.finish(first)
        await bench.settle(first)
        try await bench.desk.take([bench.intake("c1", tag: 2)], link: link)
        let second = await bench.next()
        #expect(second?.words == "duplicate c1, accepted")
        await bench.settle(second)
        #expect(bench.link.acknowledged() == [1, 2])
    }

    @Test func `two commands that say the same without an id are both sent`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake(nil, madeUpID: "m1"), bench.intake(nil, madeUpID: "m2")], link: link)
        let first = await bench.next()
        await bench.finish(first)
        await bench.expectNext("send m2")
    }

    // MARK: - Rejections

    @Test func `a duplicate of a rejected command is rejected with it, or after it`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take(
            [bench.intake("x", tag: 1, rejection: malformed), bench.intake("x", tag: 2)], link: link)
        let answer = await bench.next()
        #expect(answer?.words == "answer x, malformed")
        let others = await bench.settle(answer)
        #expect(others == [2])
        try await bench.desk.take([bench.intake("x", tag: 3)], link: link)
        await bench.expectNext("duplicate x, rejected")
    }

    @Test func `a rejection that had no answer when the link was lost gets all of it and not a duplicate's`()
        async throws
    {
        let bench = try DeskBench()
        let lost = await bench.desk.open()
        try await bench.desk.take([bench.intake("x", rejection: malformed)], link: lost)
        await bench.desk.close(lost)
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("x", count: 1, rejection: malformed)], link: link)
        await bench.expectNext("answer x, malformed")
    }

    // MARK: - Abandoning

    @Test func `an abandoned command leaves its lane and is not acknowledged`() async throws {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("c1"), bench.intake("c2")], link: link)
        let work = try #require(await bench.next())
        await bench.desk.abandon(work)
        await bench.expectNext("send c2")
        #expect(bench.link.acknowledged() == [])
    }

    @Test func `a command that is abandoned after its outcome leaves the lane to the one behind it`()
        async throws
    {
        let bench = try DeskBench()
        let link = await bench.desk.open()
        try await bench.desk.take([bench.intake("c1"), bench.intake("c2"), bench.intake("c3")], link: link)
        let work = try #require(await bench.next())
        await bench.finish(work)
        await bench.expectNext("send c2")
        await bench.desk.abandon(work)
        try await bench.desk.take([bench.intake("d1", call: "d")], link: link)
        await bench.expectNext("send d1")
    }
}
