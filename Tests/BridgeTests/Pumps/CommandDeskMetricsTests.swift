import MetricsTestKit
import TestSupport
import Testing

@testable import Bridge

struct CommandDeskMetricsTests {
    private let metrics = TestMetrics()

    private func gauge(_ name: String) throws -> Double? {
        try metrics.expectMeter("gws_bridge_" + name).lastValue
    }

    private func expect(inFlight: Double, waiting: Double, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        #expect(try gauge("commands_in_flight") == inFlight, sourceLocation: sourceLocation)
        #expect(try gauge("commands_waiting") == waiting, sourceLocation: sourceLocation)
    }

    @Test func `commands are counted where they are`() async throws {
        let bench = try DeskBench(metrics: BridgeMetrics(metrics))
        let link = try await bench.bring(
            bench.intake("c1"), bench.intake("c2"), bench.intake("c3"), bench.intake("d1", call: "d"))
        try expect(inFlight: 0, waiting: 4)
        let first = try await bench.nextCase()
        try expect(inFlight: 1, waiting: 3)
        let other = try await bench.nextCase()
        try expect(inFlight: 2, waiting: 2)
        #expect(await bench.pause(other, for: 60_000))
        try expect(inFlight: 1, waiting: 2)
        await bench.finish(first)
        try expect(inFlight: 0, waiting: 2)
        _ = await bench.accept(try await bench.nextCase())
        try expect(inFlight: 0, waiting: 1)
        await bench.desk.close(link)
        try expect(inFlight: 0, waiting: 0)
    }

    @Test func `what a commit of the ledger takes is measured`() async throws {
        let store = StoreBench()
        let ledger = Ledger(store.store, metrics: BridgeMetrics(metrics), logger: .silent)
        try await store.withRunning(ledger) { ledger in
            try await ledger.record([.sample("c1")])
            _ = try await ledger.entries(of: ["c1"])
        }
        #expect(try metrics.expectTimer("gws_bridge_ledger_commit_seconds").values.count == 1)
    }
}
