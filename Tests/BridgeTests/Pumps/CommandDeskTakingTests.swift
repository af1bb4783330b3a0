import TestSupport
import Testing

@testable import Bridge

/// What happens while the ledger is asked about commands that have come.
@Suite(.timeLimit(.minutes(1)))
struct CommandDeskTakingTests {
    private let store = StoreBench()
    private let bench: DeskBench
    private var desk: CommandDesk { bench.desk }

    init() throws {
        bench = try DeskBench(ledger: store.ledger())
    }

    /// A link brings these, and the ledger answers only after something else.
    private func bring(
        _ intakes: CommandDesk.Intake..., meanwhile: (_ link: Int) async throws -> Void,
        then: @Sendable () async throws -> Void
    ) async throws {
        let link = await desk.open()
        let isTaking = Gate<Bool>()
        try await withThrowingTaskGroup { [bench] group in
            group.addTask { try await bench.desk.take(intakes, link: link, isTaking) }
            _ = try await isTaking.whenOpen()
            try await meanwhile(link)
            group.addTask { [store] in
                try await store.withRunning(bench.ledger) { _ in try await Task.sleep(for: .seconds(50)) }
            }
            try await group.next()
            try await then()
            group.cancelAll()
        }
    }

    @Test func `a command of a link that was lost meanwhile is not sent`() async throws {
        try await bring(bench.intake("c1")) {
            await desk.close($0)
        } then: { [bench] in
            try await bench.bring(bench.intake("d1", call: "d"))
            await bench.expectNext("held d1")
        }
    }

    @Test func `a command that is delivered again meanwhile is given back and not forgotten`() async throws {
        try await bring(bench.intake("c1", tag: 1)) { link in
            await desk.close(link)
            try await bench.bring(bench.intake("c1", tag: 2, count: 1))
        } then: { [bench] in
            #expect(bench.link.settled() == ([], [2]))
            #expect(await bench.desk.memories == [])
        }
    }

    @Test func `a command of a desk that has stopped meanwhile is given back`() async throws {
        try await bring(bench.intake("c1", tag: 1)) { _ in
            await desk.stop(by: .now + .seconds(30))
        } then: { [bench] in
            #expect(bench.link.settled() == ([], [1]))
            #expect(await bench.desk.memories == [])
        }
    }

    @Test func `a duplicate that comes meanwhile waits for the outcome`() async throws {
        try await bring(bench.intake("c1", tag: 1)) { link in
            try await desk.take([bench.intake("c1", tag: 2)], link: link)
        } then: { [bench] in
            let item = try await bench.nextCase()
            await bench.end(item)
            #expect(await bench.settle(item) == [2])
        }
    }
}
