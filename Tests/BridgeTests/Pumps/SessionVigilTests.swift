import TestSupport
import Testing

@testable import Bridge
@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct SessionVigilTests {
    private let margin = Duration.milliseconds(50)

    private func session(polledBefore age: Duration) throws -> AgentSession {
        let session = AgentSession(
            credentials: AgentCredentials(agent: "5001", userName: "5001", password: "5001"),
            transport: try HTTPTransport(server: GWSServer(url: "http://127.0.0.1:1")), subscriptions: [],
            acknowledge: false, logger: .silent)
        session.statusBox.withLockedValue {
            $0 = SessionStatus(phase: .polling, lastPollAnswered: .now - age)
            $0.pollTime = .seconds(1)
        }
        return session
    }

    @Test func `what a session hangs in is ended when its polls are overdue`() async throws {
        let session = try session(polledBefore: .seconds(10))
        await #expect(throws: SessionStuck.self) {
            try await watching(session, margin: margin) { try await Task.sleep(for: .seconds(3600)) }
        }
        await session.transport.shutdown()
    }

    @Test func `a session that polls again after it was suspended goes on`() async throws {
        let session = try session(polledBefore: .seconds(10))
        try await watching(session, margin: .milliseconds(500)) {
            // After the first look, which finds it overdue, and before the second.
            try await Task.sleep(for: .milliseconds(700))
            session.statusBox.withLockedValue { $0.lastPollAnswered = .now }
            try await Task.sleep(for: .milliseconds(1000))
        }
        await session.transport.shutdown()
    }

    @Test func `what ends by itself is not held up, and its error is passed on`() async throws {
        struct Broken: Error {}
        let session = try session(polledBefore: .zero)
        await #expect(throws: Broken.self) {
            try await watching(session, margin: margin) { throw Broken() }
        }
        await session.transport.shutdown()
    }
}
