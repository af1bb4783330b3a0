import GWSSimulator
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct ManyAgentsTests {
    @Test func `fifty agents share a transport, and no poll holds up an operation`() async throws {
        let names = (6001...6050).map(String.init)
        let configuration = SimulatorConfiguration(
            agents: names.map { SimulatorConfiguration.Agent($0, password: $0) })
        try await withSimulator(configuration) { simulator, url in
            let server = try GWSServer(url: url, loginRate: 1000)
            try await HTTPTransport.withTransport(to: server) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for name in names {
                        group.addTask { try await oneAgent(name, simulator, transport) }
                    }
                    try await group.waitForAll()
                }
            }
            let conversations = await simulator.conversations()
            #expect(conversations.allSatisfy { $0.status != 500 })
        }
    }

    /// Polls, and performs an operation whose notification comes back to this agent alone.
    private func oneAgent(_ name: String, _ simulator: Simulator, _ transport: HTTPTransport) async throws {
        let session = AgentSession(agent: name, transport: transport)
        let events = EventQueue()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await session.run { await events.append($0) } }
            _ = try await events.next("the start of \(name)")
            let call = try await simulator.ring(agent: name)
            #expect(await session.perform(try .answer(call)).kind == .accepted)
            let notifications = try await events.notifications(2, "the call of \(name)")
            #expect(notifications.map(\.callID) == [call, call])
            group.cancelAll()
            _ = await group.nextResult()
        }
    }
}
