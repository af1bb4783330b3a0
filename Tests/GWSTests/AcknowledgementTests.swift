import GWSSimulator
import TestSupport
import Testing

@testable import GWS

/// What becomes of notifications whose answer is lost, with the acknowledgement extension and without.
@Suite(.timeLimit(.minutes(1)))
struct AcknowledgementTests {
    private struct NotHandled: Error {}

    private func configuration(acknowledges: Bool) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.acknowledges = acknowledges
        return configuration
    }

    /// It rings, the answer that tells it is cut in the middle, and the next run goes on.
    private func eventsAfterACut(
        _ bench: Bench, _ look: @Sendable (EventQueue) async throws -> Void
    ) async throws {
        let error = await #expect(throws: GWSError.self) {
            try await bench.session.run { event in
                #expect(event.startReason == .first)
                await bench.simulator.inject(Fault(.half, .after, path: "/notifications"))
                try await bench.simulator.ring(agent: "5001")
            }
        }
        guard case .disconnected? = error else {
            Issue.record("the run ended with \(String(describing: error))")
            return
        }
        try await bench.whileRunning(look)
    }

    @Test func `with acknowledgement what was in a lost answer comes again`() async throws {
        try await withBench(configuration(acknowledges: true), acknowledge: true) { bench in
            try await eventsAfterACut(bench) { events in
                let ringing = try await events.notifications(1, "the ringing")
                #expect(ringing.map(\.callState) == ["Ringing"])
            }
            #expect(bench.session.status.acknowledges)
        }
    }

    @Test func `without acknowledgement a lost answer is told`() async throws {
        try await withBench(configuration(acknowledges: false), acknowledge: true) { bench in
            try await eventsAfterACut(bench) { events in
                #expect(try await events.next("the loss").isPollLost)
                try await bench.simulator.ring(agent: "5001")
                let ringing = try await events.notifications(1, "the next call")
                #expect(ringing.count == 1)
            }
            #expect(!bench.session.status.acknowledges)
        }
    }

    @Test(arguments: [true, false])
    func `a batch whose handling failed is handled by the next run`(acknowledges: Bool) async throws {
        try await withBench(configuration(acknowledges: acknowledges), acknowledge: true) { bench in
            await #expect(throws: NotHandled.self) {
                try await bench.session.run { event in
                    if case .started = event { try await bench.simulator.ring(agent: "5001") }
                    if case .batch = event { throw NotHandled() }
                }
            }
            try await bench.whileRunning { events in
                let ringing = try await events.notifications(1, "the ringing")
                #expect(ringing.map(\.callState) == ["Ringing"])
            }
        }
    }
}
