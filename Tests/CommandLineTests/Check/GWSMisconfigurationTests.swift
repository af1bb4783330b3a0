import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// What `check` finds at a GWS that is not as it should be, a mistake each.
@Suite struct GWSMisconfigurationTests {
    @Test func `a clock that is two minutes off`() async throws {
        try await withSite { site in
            try await Relay.with(to: site.gwsPort, rewriting: { Self.shiftingDate($0, by: 120) }) { port in
                let checked = try await site.check(["GWS_URL": "http://127.0.0.1:\(port)"])
                checked.expect("gws clock", .failure, remedy: "NTP")
                #expect(checked.bad.map(\.name) == ["gws clock"])
            }
        }
    }

    @Test func `a clock that is twenty seconds behind`() async throws {
        try await withSite { site in
            try await Relay.with(to: site.gwsPort, rewriting: { Self.shiftingDate($0, by: -20) }) { port in
                let checked = try await site.check(["GWS_URL": "http://127.0.0.1:\(port)"])
                checked.expect("gws clock", .warning, remedy: "NTP")
            }
        }
    }

    @Test func `a proxy that keeps the session's cookie back`() async throws {
        try await withSite { site in
            try await Relay.with(
                to: site.gwsPort,
                rewriting: { $0.replacing(/(?i)Set-Cookie: JSESSIONID[^\r]*\r\n/, with: "") }
            ) { port in
                let checked = try await site.check(["GWS_URL": "http://127.0.0.1:\(port)"])
                checked.expect("agent 5001", .failure, remedy: "JSESSIONID", "gws.url")
            }
        }
    }

    @Test func `a GWS without a connection to the switch`() async throws {
        var gws = SimulatorConfiguration()
        gws.inactiveServices = ["Voice"]
        try await withSite(simulating: gws) { site in
            let checked = try await site.check()
            checked.expect("gws services", .failure, remedy: "Voice")
        }
    }

    @Test func `recording that is permitted and was not granted`() async throws {
        let yaml = """
            permissions.rules:
              - {user: recorder, operations: [StartCallRecording, StopCallRecording], agents: "*"}
            """
        var gws = SimulatorConfiguration()
        gws.missingFeatures = ["api-voice-recording"]
        try await withSite(simulating: gws) { site in
            #expect(try await site.check().bad.isEmpty)
            let checked = try await site.check(yaml: yaml)
            checked.expect("features of 5001", .warning, remedy: "api-voice-recording", "permissions.rules")
        }
    }

    @Test func `an agent who may not be notified`() async throws {
        try await withSite { site in
            await site.simulator.denyHandshakes()
            let checked = try await site.check()
            checked.expect("gws notifications", .failure, remedy: "handshake")
        }
    }

    @Test func `a CometD that is reached by other transports only`() async throws {
        try await withSite { site in
            let answer = #"""
                [{"channel":"/meta/handshake","id":"1","successful":true,"clientId":"a","version":"1.0",
                "supportedConnectionTypes":["websocket"]}]
                """#
            _ = await site.simulator.inject(
                Fault(
                    .answer(status: 200, body: answer, contentType: "application/json"),
                    body: "/meta/handshake"))
            let checked = try await site.check()
            checked.expect("gws notifications", .failure, remedy: "long-polling")
        }
    }

    @Test func `acknowledgement that is offered and switched off`() async throws {
        var gws = SimulatorConfiguration()
        gws.acknowledges = true
        try await withSite(simulating: gws) { site in
            #expect(try await site.check().bad.isEmpty)
            let checked = try await site.check(["GWS_ACKNOWLEDGE": "false"])
            checked.expect("gws notifications", .warning, remedy: "gws.acknowledge")
        }
    }

    @Test func `notifications go on beside the question what there is of them`() async throws {
        try await withBridge { running in
            try await running.simulator.heldPoll(of: "5001")
            let before = await running.simulator.conversations().map(\.sequence).max() ?? 0
            let ended = try await Program.run("check", environment: running.environment)
            #expect(ended.code == 0, "\(ended.output)")
            let asked = await running.simulator.conversations(after: before).map(\.body)
            #expect(asked.filter { $0.contains("/meta/handshake") }.count == 1)
            #expect(!asked.contains { $0.contains("/meta/subscribe") })
            // The bridge's is left, and goes on.
            #expect(await running.simulator.clientCount(of: "5001") == 1)
            try await running.simulator.heldPoll(of: "5001")
            #expect(await running.simulator.requests(after: before).allSatisfy { $0.method == "GET" })
        }
    }

    /// In an answer of HTTP.
    private static func shiftingDate(_ answer: String, by seconds: TimeInterval) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return answer.replacing(/(?i)(Date: )([^\r]*)/) { match in
            let date = format.date(from: String(match.2)).map { format.string(from: $0 + seconds) }
            return "\(match.1)\(date ?? String(match.2))"
        }
    }
}
