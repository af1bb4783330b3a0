import GWSSimulator
import TestSupport
import Testing

@testable import GWS

/// Nobody who waits for a log-in is kept for longer than he has time.
@Suite(.timeLimit(.minutes(1)))
struct LoginDeadlineTests {
    private func soon(_ milliseconds: Int64 = 200) -> Int64 { AgentSession.nowInMilliseconds + milliseconds }

    @Test func `a log-in that hangs ends a command at its deadline`() async throws {
        try await withBench(requestTimeout: .seconds(40)) { bench in
            await bench.simulator.inject(Fault(.hang, path: "/me", times: nil))
            let outcome = await bench.session.perform(try bench.operation("Answer"), before: soon())
            #expect(outcome.kind == .unreachable(.noSession))
            #expect(outcome.detail?.contains("log-in") == true)
            #expect(await bench.requests() == ["GET /api/v2/me"])
        }
    }

    @Test func `another's log-in that hangs ends a command at its deadline`() async throws {
        try await withBench(requestTimeout: .seconds(40)) { bench in
            await bench.simulator.inject(Fault(.hang, path: "/me", times: nil))
            try await bench.whileRunning { _ in
                while await bench.simulator.requests().isEmpty { await Task.yield() }
                let outcome = await bench.session.perform(try bench.operation("Answer"), before: soon())
                #expect(outcome.kind == .unreachable(.noSession))
                // It is the other's still.
                #expect(await bench.requests() == ["GET /api/v2/me"])
            }
        }
    }

    @Test func `a log-in for which there is no turn ends a command at its deadline`() async throws {
        try await withSimulator { simulator, url in
            let server = try GWSServer(url: url, loginRate: 0.01)
            try await HTTPTransport.withTransport(to: server) { transport in
                try await AgentSession(transport: transport).logIn()
                let late = AgentSession(agent: "5002", transport: transport)
                let outcome = await late.perform(try .answer("1"), before: soon())
                #expect(outcome.kind == .unreachable(.noSession))
                #expect(await simulator.requests().map(\.agent) == ["5001"])
            }
        }
    }

    @Test func `who waits for another's log-in is let go when cancelled`() async throws {
        try await withBench(requestTimeout: .seconds(40)) { bench in
            await bench.simulator.inject(Fault(.hang, path: "/me", times: nil))
            try await bench.whileRunning { _ in
                while await bench.simulator.requests().isEmpty { await Task.yield() }
                let operation = try bench.operation("Answer")
                let waiter = Task { await bench.session.perform(operation) }
                for _ in 0..<100 { await Task.yield() }
                waiter.cancel()
                #expect(await waiter.value.kind == .unreachable(.noSession))
            }
        }
    }

    @Test func `a run that waits for its turn goes on when a command gives its own up`() async throws {
        try await withSimulator { simulator, url in
            // One at once, and the next two seconds later.
            let server = try GWSServer(url: url, loginRate: 0.5)
            try await HTTPTransport.withTransport(to: server) { transport in
                try await AgentSession(transport: transport).logIn()
                let session = AgentSession(agent: "5002", transport: transport)
                let operation = try OperationRequest.answer("1")
                let command = Task { await session.perform(operation, before: soon()) }
                let events = EventQueue()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await session.run { await events.append($0) } }
                    #expect(await command.value.kind == .unreachable(.noSession))
                    // Not the turn after, which would be four seconds from now.
                    let start = try await events.next("the start", within: .seconds(3))
                    #expect(start.startReason == .first)
                    group.cancelAll()
                    _ = await group.nextResult()
                }
            }
        }
    }
}
