import GWSSimulator
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct LoginTests {
    @Test func `an operation logs in first, and only once`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            #expect(try await bench.perform("Answer", call: call).kind == .accepted)
            #expect(try await bench.perform("StartCallRecording", call: call).kind == .accepted)
            #expect(
                await bench.requests() == [
                    "GET /api/v2/me", "POST /api/v2/me/calls/\(call)", "POST /api/v2/me/calls/\(call)",
                ])
            #expect(await bench.simulator.call(call)?.recordingState == "Recording")
        }
    }

    @Test func `operations that find the log-in gone share one renewal`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            try await bench.session.logIn()
            await bench.simulator.invalidateSessions()
            let operation = try bench.operation("Answer", call: call)
            let kinds = await withTaskGroup { group in
                for _ in 0..<10 { group.addTask { await bench.session.perform(operation).kind } }
                return await group.reduce(into: [Outcome.Kind]()) { $0.append($1) }
            }
            #expect(kinds.count { $0 == .accepted } >= 1)
            #expect(!kinds.contains(.refused(.notAuthenticated)))
            #expect(await bench.requests().count { $0 == "GET /api/v2/me" } == 2)
        }
    }

    @Test func `a log-in whose first asker gives up is taken on by the next`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            let operation = try bench.operation("Answer", call: call)
            await bench.simulator.inject(Fault(.hang, path: "/me"))
            let first = Task { await bench.session.perform(operation) }
            while await bench.simulator.requests().isEmpty { await Task.yield() }
            let second = Task { await bench.session.perform(operation) }
            // So that the second has come to wait for the first; if it has not, it logs in by itself.
            for _ in 0..<100 { await Task.yield() }
            first.cancel()
            #expect(await first.value.kind == .unreachable(.noSession))
            #expect(await second.value.kind == .accepted)
        }
    }

    @Test func `a wrong password refuses an operation, and nothing is posted`() async throws {
        try await withBench(password: "wrong") { bench in
            let outcome = try await bench.perform("Answer")
            #expect(outcome.kind == .refused(.notAuthenticated))
            #expect(outcome.detail?.contains("wrong") == false)
            #expect(await bench.requests() == ["GET /api/v2/me"])
        }
    }

    @Test func `a wrong password ends the run, and says so`() async throws {
        try await withBench(password: "wrong") { bench in
            guard case .loginRefused? = await bench.runToItsEnd() as? GWSError else {
                Issue.record("the run did not end with a refused log-in")
                return
            }
            guard case .failed = bench.session.status.phase else {
                Issue.record("the status does not show it")
                return
            }
        }
    }

    @Test func `an operation that is refused although the log-in was renewed is refused for good`()
        async throws
    {
        try await withBench { bench in
            await bench.simulator.inject(
                Fault(
                    .answer(status: 403, body: "Missing or invalid Csrf token", contentType: nil),
                    method: "POST", times: nil))
            let outcome = try await bench.perform("Answer")
            #expect(outcome.kind == .refused(.notAuthenticated))
            #expect(outcome.httpStatus == 403)
            #expect(await bench.requests().map { $0.prefix(4) } == ["GET ", "POST", "GET ", "POST"])
        }
    }

    @Test func `the CSRF pair is taken from any response`() async throws {
        let token = NIOLockedValueBox(0)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            let expected = token.withLockedValue { $0 }
            if request.hasPrefix("POST"), !request.contains("X-My-Token: t\(expected)\r\n") {
                return .json("Missing or invalid Csrf token", status: "403 Forbidden")
            }
            // The token changes with every answer.
            let next = token.withLockedValue { value in
                value += 1
                return value
            }
            return .json(
                #"{"statusCode":0}"#, headers: ["X-CSRF-HEADER: X-My-Token", "X-My-Token: t\(next)"])
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                for _ in 0..<3 {
                    let outcome = await session.perform(try .answer("1"))
                    #expect(outcome.kind == .accepted)
                }
                #expect(token.withLockedValue { $0 } == 4)
            }
        }
    }

    @Test func `user and password are sent to log in, and with nothing else`() async throws {
        let requests = NIOLockedValueBox<[String]>([])
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            requests.withLockedValue { $0.append(request) }
            return .accepted
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url + "/prefix/") { transport in
                let session = AgentSession(password: "pass:word", transport: transport)
                _ = await session.perform(try .answer("1"))
                let heads = requests.withLockedValue { $0 }
                #expect(heads.count == 2)
                #expect(heads[0].hasPrefix("GET /prefix/api/v2/me HTTP/1.1\r\n"))
                #expect(heads[0].contains("Authorization: Basic NTAwMTpwYXNzOndvcmQ="))
                #expect(heads[1].hasPrefix("POST /prefix/api/v2/me/calls/1 HTTP/1.1\r\n"))
                #expect(!heads[1].contains("Authorization"))
            }
        }
    }

    @Test(arguments: [("503 Service Unavailable", "{}"), ("200 OK", "<html>"), ("302 Found", "")])
    func `a log-in that fails otherwise leaves the operation unreachable`(status: String, body: String)
        async throws
    {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in
            .json(body, status: status, headers: ["Retry-After: 7"])
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                let outcome = await session.perform(try .answer("1"))
                #expect(outcome.kind == .unreachable(.noSession))
                #expect(outcome.retryAfter == (status.hasPrefix("503") ? .seconds(7) : nil))
            }
        }
    }

    @Test func `credentials do not show their password`() {
        let credentials = AgentCredentials(agent: "5001", userName: "u", password: "secret")
        #expect(!"\(credentials) \(String(reflecting: credentials))".contains("secret"))
    }
}

func withTransport(
    to url: String, requestTimeout: Duration = .seconds(5), _ body: (HTTPTransport) async throws -> Void
) async throws {
    let server = try GWSServer(url: url, requestTimeout: requestTimeout)
    try await HTTPTransport.withTransport(to: server, body)
}

extension OperationRequest {
    static func answer(_ call: String) throws -> OperationRequest {
        try OperationRequest(
            "Answer", path: "/me/calls/{callId}", callID: call,
            body: Array(#"{"operationName":"Answer"}"#.utf8))
    }
}
