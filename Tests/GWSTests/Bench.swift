import GWSSimulator
import Logging
import TestSupport

@testable import GWS

/// A session, and the simulator that it talks to.
struct Bench: Sendable {
    let simulator: Simulator
    let session: AgentSession
    let transport: HTTPTransport
    let events = EventQueue()

    /// Runs the session while the body looks on, then until it ends, by itself or cancelled; returns what it ended
    /// with.
    @discardableResult
    func whileRunning(
        cancelling: Bool = true, _ body: @Sendable (EventQueue) async throws -> Void
    ) async throws -> (any Error)? {
        try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                do {
                    try await session.run { await events.append($0) }
                    return nil
                } catch {
                    return error
                }
            }
            try await body(events)
            if cancelling { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// Runs the session until it ends by itself.
    func runToItsEnd() async -> (any Error)? {
        do {
            try await session.run { await events.append($0) }
            return nil
        } catch {
            return error
        }
    }

    func operation(_ name: String, call: String = "no-such-call") throws -> OperationRequest {
        try OperationRequest(
            name, path: "/me/calls/{callId}", callID: call, body: Array(#"{"operationName":"\#(name)"}"#.utf8)
        )
    }

    func perform(_ name: String, call: String = "no-such-call") async throws -> Outcome {
        await session.perform(try operation(name, call: call))
    }

    /// The agent's requests to GWS or CometD, `METHOD path`, without queries.
    func requests() async -> [String] {
        await simulator.requests().map { "\($0.method) \($0.path)" }
    }
}

func withBench(
    _ configuration: SimulatorConfiguration = .init(), password: String = "5001", acknowledge: Bool = false,
    requestTimeout: Duration = .seconds(5), _ body: (Bench) async throws -> Void
) async throws {
    try await withSimulator(configuration) { simulator, url in
        let server = try GWSServer(url: url, requestTimeout: requestTimeout)
        try await HTTPTransport.withTransport(to: server) { transport in
            try await body(
                Bench(
                    simulator: simulator,
                    session: AgentSession(password: password, transport: transport, acknowledge: acknowledge),
                    transport: transport))
        }
    }
}

extension AgentSession {
    init(
        agent: String = "5001", password: String? = nil, transport: HTTPTransport, acknowledge: Bool = false
    ) {
        self.init(
            credentials: AgentCredentials(agent: agent, userName: agent, password: password ?? agent),
            transport: transport, subscriptions: ["/v2/me/*", "/v2/me", "/notifications/services"],
            acknowledge: acknowledge, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// What a session reported, to be awaited one after another.
actor EventQueue {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private var events: [SessionEvent] = []
    private var waiting: CheckedContinuation<Void, Never>?

    func append(_ event: SessionEvent) {
        // That there was nothing to tell may come between any two.
        if case .quiet = event { return }
        events.append(event)
        waiting?.resume()
        waiting = nil
    }

    /// The next event; throws if there is none in time.
    func next(_ what: String, within limit: Duration = .seconds(15)) async throws -> SessionEvent {
        if events.isEmpty {
            await withTaskGroup { group in
                group.addTask { await self.wait() }
                group.addTask {
                    // Cancelled as soon as the event is there.
                    try? await Task.sleep(for: limit)
                    await self.giveUp()
                }
                await group.next()
                group.cancelAll()
            }
        }
        guard !events.isEmpty else { throw Missing(description: "waited in vain for \(what)") }
        return events.removeFirst()
    }

    /// The notifications of the next batch; of the next batches, if they come one by one.
    func notifications(_ count: Int, _ what: String) async throws -> [GWS.Notification] {
        var all: [GWS.Notification] = []
        while all.count < count {
            let event = try await next(what)
            guard case .batch(let batch) = event else {
                throw Missing(description: "waited for \(what), but there came \(event)")
            }
            all += batch
        }
        return all
    }

    private func wait() async {
        guard events.isEmpty else { return }
        await withCheckedContinuation { waiting = $0 }
    }

    private func giveUp() {
        waiting?.resume()
        waiting = nil
    }
}

extension SessionEvent {
    var startReason: StartReason? {
        if case .started(let reason) = self { reason } else { nil }
    }

    var isPollLost: Bool {
        if case .pollLost = self { true } else { false }
    }
}
