import Bridge
import GWSSimulator
import MetricsTestKit
import TestSupport
import Testing

/// What an operator sees of events without hearing them.
struct EventCountTests {
    @Test func `events that nobody listens to are counted by what they are about, and are no trouble`()
        async throws
    {
        try await Stage.run(hearing: ["outcomes"]) { stage in
            _ = try await stage.simulator.ring(agent: "5001")
            let exchange = ("exchange", "\(stage.prefix).events")
            try await eventually(within: .seconds(20), "the call's are counted") {
                stage.count("unroutable_total", [exchange, ("kind", "call")]) > 0
            }
            // What was said of the session at its start.
            #expect(stage.count("unroutable_total", [exchange, ("kind", "session")]) >= 2)
            #expect(stage.bridge.readiness.reasons == [])
        }
    }

    @Test func `events count by their channel and type, and the gap at the start by its reason`() async throws
    {
        try await Stage.run { stage in
            _ = try await stage.simulator.ring(agent: "5001")
            let labels = [("channel", "/v2/me/calls"), ("type", "StatusChange"), ("origin", "live")]
            try await eventually(within: .seconds(20), "the call's are counted") {
                stage.count("events_total", labels) > 0
            }
            #expect(stage.count("gaps_total", [("reason", "started")]) == 1)
            #expect(stage.count("spool_dropped_total") == 0)
            #expect(stage.count("session_restarts_total") == 0)
        }
    }
}

extension Stage {
    /// What was not counted yet is none.
    func count(_ name: String, _ labels: [(String, String)] = []) -> Int64 {
        (try? metrics.expectCounter("gws_bridge_" + name, labels).totalValue) ?? 0
    }
}
