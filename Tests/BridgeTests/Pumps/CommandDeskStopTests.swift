import AMQP
import TestSupport
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct CommandDeskStopTests {
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }

    init() throws {
        bench = try DeskBench()
    }

    @Test func `with nothing held it ends at once`() async {
        let clock = ContinuousClock()
        let duration = await clock.measure { await desk.stop(by: clock.now + .seconds(30)) }
        #expect(duration < .seconds(30))
        await bench.expectNext("nothing")
    }

    @Test func `workers that wait are let go`() async throws {
        let isWaiting = Gate<Bool>()
        async let worker = bench.next(isWaiting)
        _ = try await isWaiting.whenOpen()
        await desk.stop(by: .now + .seconds(30))
        let words = await worker?.words
        #expect(words == nil)
    }

    @Test func `who keeps the time is let go, however long nothing is due`() async throws {
        let began = ContinuousClock.now
        try await bench.bring(bench.intake("c1", lifetime: 800_000))
        await bench.finish(try await bench.nextCase())
        await withTaskGroup { [desk] group in
            group.addTask { await desk.keepTime() }
            group.addTask { await desk.stop(by: .now + .seconds(30)) }
        }
        #expect(.now - began < .seconds(20))
    }

    @Test func `it waits until all that is held is done and answered`() async throws {
        try await bench.bring(bench.intake("c1", tag: 1), bench.intake("c2", tag: 2))
        let (isStopping, hasStopped) = (Gate<Bool>(), Gate<Bool>())
        async let stop: Void = {
            await desk.stop(by: .now + .seconds(30), isStopping)
            hasStopped.open(true)
        }()
        _ = try await isStopping.whenOpen()
        for id in ["c1", "c2"] {
            let item = try await bench.nextCase()
            #expect(item.envelope.id == id)
            await bench.end(item)
            #expect(hasStopped.value == nil)
            await bench.settle(item)
        }
        await stop
        #expect(bench.link.acknowledged() == [1, 2])
        await bench.expectNext("nothing")
    }

    @Test func `it waits for what waits for a notification`() async throws {
        try await bench.bring(bench.intake("c1", tag: 1))
        let taken = await bench.accept(try await bench.nextCase())
        let (isStopping, hasStopped) = (Gate<Bool>(), Gate<Bool>())
        async let stop: Void = {
            await desk.stop(by: .now + .seconds(30), isStopping)
            hasStopped.open(true)
        }()
        _ = try await isStopping.whenOpen()
        await desk.saw([taken.number])
        let item = try await bench.nextCase()
        #expect(hasStopped.value == nil)
        await bench.finish(item)
        await stop
        #expect(bench.link.acknowledged() == [1])
    }

    @Test func `what comes during it is not taken`() async throws {
        let link = try await bench.bring(bench.intake("c1"))
        let item = try await bench.nextCase()
        let isStopping = Gate<Bool>()
        async let stop: Void = desk.stop(by: .now + .seconds(30), isStopping)
        _ = try await isStopping.whenOpen()
        try await desk.take([bench.intake("d1", call: "d")], link: link)
        await bench.finish(item)
        await bench.expectNext("nothing")
        await stop
    }

    @Test func `when its time is over what waits is given up, and nothing more is handed out`() async throws {
        try await bench.bring(bench.intake("c1"), bench.intake("c2"), bench.intake("d1", call: "d"))
        let item = try await bench.nextCase()
        _ = await bench.accept(try await bench.nextCase())
        await desk.stop(by: .now + .milliseconds(20))
        await bench.end(item)
        await bench.expectNext("nothing")
        #expect(bench.link.acknowledged() == [])
    }

    @Test func `what is done after its time is over may still be settled`() async throws {
        try await bench.bring(bench.intake("c1", tag: 1))
        let item = try await bench.nextCase()
        await desk.stop(by: .now)
        await bench.finish(item)
        #expect(bench.link.acknowledged() == [1])
    }

    @Test func `an abandoned command is not waited for`() async throws {
        try await bench.bring(bench.intake("c1"))
        let work = try #require(await bench.next())
        let began = ContinuousClock.now
        let isStopping = Gate<Bool>()
        async let stop: Void = desk.stop(by: .now + .seconds(30), isStopping)
        _ = try await isStopping.whenOpen()
        await desk.abandon(work)
        await stop
        #expect(.now - began < .seconds(20))
    }

    @Test func `a second stop ends like the first`() async throws {
        try await bench.bring(bench.intake("c1"))
        _ = await bench.next()
        for _ in 1...2 { await desk.stop(by: .now + .milliseconds(20)) }
        await bench.expectNext("nothing")
    }

    @Test func `a stop that is cancelled does not wait`() async throws {
        for _ in 1...500 {
            let bench = try DeskBench()
            try await bench.bring(bench.intake("c1"))
            _ = await bench.next()
            await withTaskGroup { group in
                group.addTask { await bench.desk.stop(by: .now + .seconds(300)) }
                group.cancelAll()
            }
        }
    }
}
