import GWSSimulator
import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import GWS

/// What a poll that fails ends the run with, and what the next run makes of it.
@Suite(.timeLimit(.minutes(1)))
struct PollFaultTests {
    /// Lets the fault strike the first held poll, and returns what the run ended with.
    private func error(of bench: Bench, after action: Fault.Action) async -> GWSError? {
        await #expect(throws: GWSError.self) {
            try await bench.session.run { _ in
                await bench.simulator.inject(Fault(action, path: "/notifications"))
            }
        }
    }

    @Test func `a 503 ends the run, and nothing was lost`() async throws {
        try await withBench { bench in
            let error = await error(of: bench, after: .answer(status: 503, body: "", contentType: nil))
            #expect(error == .unavailable(httpStatus: 503, retryAfter: nil))
            try await bench.whileRunning { events in
                try await untilPolling(bench)
                try await bench.simulator.ring(agent: "5001")
                let notifications = try await events.notifications(1, "the ringing")
                #expect(notifications.count == 1)
            }
        }
    }

    @Test(
        arguments: [
            .answer(status: 200, body: "<html>", contentType: "text/html"),
            .answer(status: 200, body: "", contentType: nil),
            .answer(status: 200, body: "[]", contentType: nil),
            .answer(status: 500, body: "", contentType: nil), .cut,
        ] as [Fault.Action])
    func `any other answer that is none may have lost something`(action: Fault.Action) async throws {
        try await withBench { bench in
            let error = await error(of: bench, after: action)
            #expect(error?.remedy == .tryAgain)
            try await bench.whileRunning { events in
                #expect(try await events.next("the loss").isPollLost)
                try await untilPolling(bench)
            }
            #expect(await bench.simulator.clientCount(of: "5001") == 1)
        }
    }

    @Test func `a CometD endpoint that refuses a fresh log-in is not asked without end`() async throws {
        try await withBench { bench in
            await bench.simulator.inject(
                Fault(
                    .answer(status: 403, body: #"{"statusCode":20}"#, contentType: nil),
                    path: "/notifications",
                    times: nil))
            for _ in 0..<2 {
                guard case .notificationsRefused? = await bench.runToItsEnd() as? GWSError else {
                    Issue.record("the run did not end as refused")
                    return
                }
            }
            let requests = await bench.simulator.conversations().count
            #expect((2...4).contains(requests))
            await bench.simulator.removeFaults()
            try await bench.whileRunning { events in
                let event = try await events.next("the start")
                #expect(event.startReason != nil)
            }
        }
    }

    @Test func `no secret is logged`() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        try await withSimulator(SimulatorConfiguration(agents: [.init("5001", password: "s3cret")])) {
            simulator, url in
            try await HTTPTransport.withTransport(to: try GWSServer(url: url)) { transport in
                let session = AgentSession(
                    credentials: AgentCredentials(agent: "5001", userName: "5001", password: "s3cret"),
                    transport: transport, subscriptions: ["/v2/me/*"], acknowledge: true, logger: logger)
                await #expect(throws: GWSError.self) {
                    try await session.run { _ in
                        _ = await session.perform(try .answer("private-id"))
                        await simulator.restart()
                        await simulator.refuseLogins()
                    }
                }
                let text = lines.withLockedValue { $0.joined(separator: "\n") }
                #expect(!text.isEmpty)
                for secret in ["s3cret", "Basic", "JSESSIONID", "private-id", "X-CSRF", "node0"] {
                    #expect(!text.contains(secret))
                    #expect(!"\(session.status)".contains(secret))
                }
            }
        }
    }

    private struct Recorder: LogHandler {
        let lines: NIOLockedValueBox<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.withLockedValue { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
