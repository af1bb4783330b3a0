import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Bridge

/// GWS is not there for an agent.
@Suite(.timeLimit(.minutes(1)))
struct CommandDeskBreakerTests {
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }
    private static let limit = Breaker.limit

    init() throws {
        bench = try DeskBench(concurrency: 20)
    }

    private var unreachable: Set<String> { desk.unreachableAgents.withLockedValue(\.self) }

    /// As many of the agent's commands as it takes fail, each in a lane of its own, and pause.
    private func fail(_ count: Int = Self.limit, pause: Int64 = 60_000) async throws -> [CommandCase] {
        let link = await desk.open()
        try await desk.take((0..<count).map { bench.intake("f\($0)", call: "f\($0)") }, link: link)
        var items: [CommandCase] = []
        for _ in 0..<count { items.append(try await bench.nextCase()) }
        for item in items { #expect(await bench.pause(item, for: pause, .failed(pause: nil))) }
        return items
    }

    @Test func `a few failures do not open it`() async throws {
        _ = try await fail(Self.limit - 1)
        try await bench.bring(bench.intake("c1"))
        await bench.expectNext("held c1")
        #expect(unreachable == [])
    }

    @Test func `it holds the lanes of its agent and no others`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1"), bench.intake("c2", call: "c2"), bench.intake("d1", call: "d", agent: "5002"))
        await bench.expectNext("held d1")
        #expect(unreachable == ["5001"])
    }

    @Test func `after a pause one command is tried`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1", call: "c1"), bench.intake("c2", call: "c2"))
        try await bench.withTime {
            await bench.expectNext("held c1")
            try await bench.bring(bench.intake("d1", call: "d", agent: "5002"))
            await bench.expectNext("held d1")
        }
    }

    @Test func `a trial that fails is followed by another, later`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1", call: "c1"), bench.intake("c2", call: "c2"))
        try await bench.withTime {
            let trial = try await bench.nextCase()
            #expect(await bench.pause(trial, for: 60_000, .failed(pause: .milliseconds(300))))
            let began = ContinuousClock.now
            await bench.expectNext("held c2")
            #expect(.now - began > .milliseconds(250))
        }
    }

    @Test func `a trial that is not sent lets another be tried`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1", call: "c1"), bench.intake("c2", call: "c2"))
        try await bench.withTime {
            let trial = try await bench.nextCase()
            await bench.finish(trial, .notTried)
            await bench.expectNext("held c2")
        }
    }

    @Test func `a trial that is abandoned lets another be tried`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1", call: "c1"), bench.intake("c2", call: "c2"))
        try await bench.withTime {
            await desk.abandon(try #require(await bench.next()))
            await bench.expectNext("held c2")
        }
    }

    @Test func `a trial that GWS answers closes it, and all go on`() async throws {
        _ = try await fail()
        try await bench.bring(
            bench.intake("c1", call: "c1"), bench.intake("c2", call: "c2"), bench.intake("c3", call: "c3"))
        try await bench.withTime {
            await bench.finish(try await bench.nextCase())
            #expect(unreachable == [])
            await bench.expectNext("held c2", "held c3")
        }
    }

    @Test func `commands that paused are held when their pause is over`() async throws {
        let failed = try await fail()
        // GWS asks for more.
        try await bench.bring(bench.intake("c1"))
        try await bench.withTime {
            let trial = try await bench.nextCase()
            #expect(await bench.pause(trial, for: 60_000, .failed(pause: .seconds(60))))
            await desk.saw(failed.map(\.number))
            try await bench.bring(bench.intake("d1", call: "d", agent: "5002"))
            await bench.expectNext("held d1")
        }
    }

    @Test func `a command whose time passes while it is held is looked at`() async throws {
        _ = try await fail()
        try await bench.bring(bench.intake("c1"))
        try await bench.withTime {
            let trial = try await bench.nextCase()
            #expect(await bench.pause(trial, for: 60_000, .failed(pause: .seconds(60))))
            try await bench.bring(bench.intake("d1", call: "d", lifetime: 100))
            await bench.expectNext("held d1")
        }
    }

    @Test func `what GWS took and cannot be read does not close it`() async throws {
        try await bench.bring(bench.intake("t1", call: "t"))
        let taken = await bench.accept(try await bench.nextCase())
        _ = try await fail()
        await desk.saw([taken.number])
        let woken = try await bench.nextCase()
        await desk.accepted(woken, .notTried)
        #expect(unreachable == ["5001"])
    }

    @Test func `with nothing left to try it is forgotten`() async throws {
        let failed = try await fail()
        for item in failed { await desk.saw([item.number]) }
        try await bench.withTime {
            // Each in its turn, as a trial.
            for _ in failed { await bench.finish(try await bench.nextCase(), .failed(pause: nil)) }
            try await eventually(within: .seconds(20), "the breaker is forgotten") { unreachable == [] }
            #expect(await desk.memories == [])
        }
    }
}
