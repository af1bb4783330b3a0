import GWSSimulator
import NIOConcurrencyHelpers
import RawJSON
import TestSupport
import Testing

@testable import GWS

/// What a command may leave out.
@Suite(.timeLimit(.minutes(1)))
struct FindingTests {
    private func refuse(_ path: String, on simulator: Simulator) async {
        await simulator.inject(Fault(.refusal(403, statusCode: 3, "no access"), path: path, times: nil))
    }

    @Test func `the devices are asked for once`() async throws {
        try await withBench { bench in
            let first = try await bench.session.deviceIDs()
            let real = try await bench.simulator.deviceIDs(of: "5001")
            #expect(first == real)
            let second = try await bench.session.deviceIDs()
            #expect(second == first)
            #expect(await bench.requests().count { $0.hasPrefix("GET /api/v2/me/devices") } == 1)
        }
    }

    @Test func `an answer that is older than the news of a device is not kept`() async throws {
        let asking = NIOLockedValueBox<AgentSession?>(nil)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            guard request.hasPrefix("GET /api/v2/me/devices") else { return .accepted }
            let news = #"{"data":{"messageType":"DeviceStateChangeMessage","devices":[{"id":"new"}]}}"#
            // It comes while the older answer is under way.
            if let session = asking.withLockedValue(\.self), let json = try? RawJSON(Array(news.utf8)) {
                session.note([Notification(json, channel: "/v2/me/devices", receivedAt: 1)])
            }
            return .json(#"{"statusCode":0,"devices":[{"id":"old"}]}"#)
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                asking.withLockedValue { $0 = session }
                _ = try await session.deviceIDs()
                #expect(session.status.deviceIDs == nil)
                asking.withLockedValue { $0 = nil }
                _ = try await session.deviceIDs()
                #expect(session.status.deviceIDs == ["old"])
            }
        }
    }

    @Test func `a refusal to tell the devices is GWS's own`() async throws {
        try await withBench { bench in
            await refuse("/me/devices", on: bench.simulator)
            let error = GWSError.refused(httpStatus: 403, statusCode: 3, statusMessage: "no access")
            await #expect(throws: error) { try await bench.session.deviceIDs() }
            let outcome = Outcome(beforeSending: error)
            #expect(outcome.kind == .refused(.gws))
            #expect(outcome.httpStatus == 403)
            #expect(outcome.statusCode == 3)
            #expect(outcome.statusMessage == "no access")
        }
    }

    @Test func `a log-in that is answered with an error refuses no operation`() async throws {
        try await withBench { bench in
            await bench.simulator.inject(Fault(.refusal(500, statusCode: 4, "no"), path: "/me"))
            let outcome = try await bench.perform("Answer")
            #expect(outcome.kind == .unreachable(.noSession))
        }
    }

    @Test func `where GWS does not show a call its URIs begin as configured`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            await refuse("/me/calls/", on: bench.simulator)
            let url = try await bench.session.apiURL(readingCall: call)
            #expect(url == bench.transport.server.address(of: ""))
            #expect(bench.session.status.apiURL == nil)
        }
    }
}
