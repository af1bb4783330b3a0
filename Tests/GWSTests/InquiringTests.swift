import Bayeux
import GWSSimulator
import TestSupport
import Testing

@testable import GWS

/// What may be asked to see whether all is well.
@Suite(.timeLimit(.minutes(1)))
struct InquiringTests {
    @Test func `the back ends are told with what is missing`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.inactiveServices = ["Voice"]
        try await withBench(configuration) { bench in
            let backEnds = try #require(try await bench.session.backEnds())
            #expect(backEnds.contains(BackEnd(type: "Provisioning", isActive: true)))
            #expect(backEnds.contains(BackEnd(type: "Voice", isActive: false)))
        }
    }

    @Test(arguments: [true, false])
    func `the CSRF header is known after the log-in, if there is one`(isRequired: Bool) async throws {
        var configuration = SimulatorConfiguration()
        configuration.requiresCSRFToken = isRequired
        try await withBench(configuration) { bench in
            try await bench.session.logIn()
            #expect(await bench.session.csrf == (isRequired ? .token(header: "X-CSRF-TOKEN") : .none))
        }
    }

    @Test func `a token without a session is worth nothing`() async throws {
        let reply = ScriptedServer.Reply.json(
            #"{"statusCode":0}"#, headers: ["X-CSRF-HEADER: X-CSRF-TOKEN", "X-CSRF-TOKEN: t"])
        let answer: @Sendable (String) -> ScriptedServer.Reply = { _ in reply }
        try await ScriptedServer.with(answer) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                try await session.logIn()
                #expect(await session.csrf == .withoutSession)
            }
        }
    }

    @Test func `the clock is read without a log-in`() async throws {
        try await withBench { bench in
            let clock = try #require(try await bench.session.clock())
            // Within a second, and what a busy machine takes to tell it.
            #expect(abs(clock.lead) < 2000)
            #expect(await bench.requests() == ["GET /api/v2/diagnostics/version"])
        }
    }

    @Test func `who does not tell the time has no clock`() async throws {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            try await withTransport(to: server.url) { transport in
                let clock = try await AgentSession(transport: transport).clock()
                #expect(clock == nil)
            }
        }
    }

    @Test(arguments: [true, false])
    func `what notifications offer is asked in a session that is left`(acknowledges: Bool) async throws {
        var configuration = SimulatorConfiguration()
        configuration.acknowledges = acknowledges
        try await withBench(configuration) { bench in
            let offer = try await bench.session.notificationOffer()
            #expect(offer.transports.contains("long-polling"))
            #expect(offer.acknowledges == acknowledges)
            #expect(await bench.simulator.clientCount() == 0)
        }
    }
}
