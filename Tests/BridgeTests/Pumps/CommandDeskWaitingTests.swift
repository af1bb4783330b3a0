import TestSupport
import Testing

@testable import Bridge

/// Commands that wait for a notification or for the end of a pause, and those whose time passes.
@Suite(.timeLimit(.minutes(1)))
struct CommandDeskWaitingTests {
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }

    init() throws {
        bench = try DeskBench()
    }

    // MARK: - Something is seen

    @Test func `what is seen of a command that waits wakes it`() async throws {
        try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        #expect(await bench.pause(item, for: 60_000))
        await desk.saw([item.number])
        await bench.expectNext("held c1")
    }

    @Test func `what is seen just before a command waits is not missed`() async throws {
        try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        await desk.saw([item.number])
        #expect(await !bench.pause(item, for: 60_000))
        #expect(await bench.pause(item, for: 60_000))
    }

    @Test func `what is seen of a command that has ended wakes nobody`() async throws {
        try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        await bench.finish(item)
        await desk.saw([item.number, 4711])
        #expect(await desk.memories == [])
    }

    @Test func `a command that is woken early does not take its time for over`() async throws {
        try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        #expect(await bench.pause(item, for: 60_000))
        await desk.saw([item.number])
        let woken = try await bench.nextCase()
        #expect(woken.now < woken.waitsUntil)
    }

    // MARK: - A pause

    @Test func `a pause keeps the lane and lets another run`() async throws {
        let bench = try DeskBench(concurrency: 1)
        try await bench.bring(bench.intake("c1"), bench.intake("c2"), bench.intake("d1", call: "d"))
        let item = try await bench.nextCase()
        #expect(await bench.pause(item, for: 60_000))
        let other = try await bench.nextCase()
        #expect(other.envelope.id == "d1")
        await bench.desk.saw([item.number])
        await bench.end(other)
        await bench.expectNext("held c1")
    }

    @Test func `a command goes on when its pause is over`() async throws {
        try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        try await bench.withTime {
            #expect(await bench.pause(item, for: 50))
            let woken = try await bench.nextCase()
            #expect(woken.now >= woken.waitsUntil)
        }
    }

    @Test func `a pause that ends earlier than another is not slept through`() async throws {
        try await bench.bring(bench.intake("c1"), bench.intake("d1", call: "d"))
        let (long, short) = (try await bench.nextCase(), try await bench.nextCase())
        try await bench.withTime {
            #expect(await bench.pause(long, for: 60_000))
            #expect(await bench.pause(short, for: 50))
            let next = try await bench.nextCase()
            #expect(next.envelope.id == "d1")
        }
    }

    @Test func `a command that was woken and waits anew sleeps as long as it is to`() async throws {
        try await bench.bring(bench.intake("c1"), bench.intake("d1", call: "d"))
        let (item, other) = (try await bench.nextCase(), try await bench.nextCase())
        try await bench.withTime {
            #expect(await bench.pause(item, for: 50))
            await desk.saw([item.number])
            let woken = try await bench.nextCase()
            #expect(await bench.pause(woken, for: 60_000))
            #expect(await bench.pause(other, for: 150))
            let next = try await bench.nextCase()
            #expect(next.envelope.id == "d1")
        }
    }

    // MARK: - Deadlines

    @Test func `a command whose time passes behind others is not kept waiting for them`() async throws {
        try await bench.bring(
            bench.intake("c1"), bench.intake("c2", lifetime: 100), bench.intake("c3"))
        let first = try await bench.nextCase()
        try await bench.withTime {
            let late = try await bench.nextCase()
            #expect(late.envelope.id == "c2")
            await bench.finish(late, .notTried)
            await bench.end(first)
            await bench.expectNext("held c3")
        }
    }

    @Test func `each of some commands is looked at when its own time is over`() async throws {
        try await bench.bring(
            bench.intake("c1"), bench.intake("c2", lifetime: 900), bench.intake("c3", lifetime: 100),
            bench.intake("c4", lifetime: 500))
        _ = try await bench.nextCase()
        try await bench.withTime { await bench.expectNext("held c3", "held c4", "held c2") }
    }

    // MARK: - What becomes due

    @Test func `of commands that were confirmed long before their time nothing is kept`() async throws {
        let link = await desk.open()
        for number in 0..<20 {
            let intakes = (0..<500).map { bench.intake("\(number)-\($0)", call: "\(number)-\($0)") }
            try await desk.take(intakes, link: link)
            for _ in intakes {
                let taken = await bench.accept(try await bench.nextCase(), for: 900_000)
                await desk.saw([taken.number])
                await bench.finish(try await bench.nextCase())
            }
        }
        #expect(await desk.memories == [])
        #expect(await desk.agenda.count < 5000)
    }
}
