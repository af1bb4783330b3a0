import TestSupport
import Testing

@testable import gws_bridge

/// What a bridge at work tells Prometheus.
@Suite struct MetricsTests {
    @Test func `a running bridge has metrics`() async throws {
        try await withBridge { running in
            let port = try #require(running.environment["GWS_BRIDGE_CONSOLE_PORT"])
            let url = "http://127.0.0.1:\(port)/metrics"
            let type = try await TestSupport.run(
                "/usr/bin/curl", ["-sfo", "/dev/null", "-w%{content_type}", url])
            #expect(type == "text/plain; version=0.0.4; charset=utf-8")
            let exposition = try Exposition(try await TestSupport.run("/usr/bin/curl", ["-sf", url]))
            #expect(exposition["gws_bridge_commands_in_flight", [:]] == 0)
        }
    }

    @Test func `how things stand is told as of when it is asked for`() async throws {
        try await withBridge { running in
            let port = try #require(running.environment["GWS_BRIDGE_CONSOLE_PORT"])
            let url = "http://127.0.0.1:\(port)/metrics"
            func exposition() async throws -> Exposition {
                try Exposition(try await TestSupport.run("/usr/bin/curl", ["-sf", url]))
            }
            #expect(try await exposition()["gws_bridge_sessions", ["state": "polling"]] == 1)
            #expect(try await exposition()["gws_bridge_amqp_blocked", [:]] == 0)
            let age = try await exposition()["gws_bridge_poll_age_seconds", [:]] ?? -1
            #expect(age > 0 && age < 60)
            #expect(try await exposition()["gws_bridge_poll_age_seconds", [:]] != age)
        }
    }
}
