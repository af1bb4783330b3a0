import GWSSimulator
import NIOConcurrencyHelpers
import NIOHTTP1
import RawJSON
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct OperationsTests {
    @Test func `a call is answered, recorded, held and hung up`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            for name in [
                "Answer", "StartCallRecording", "PauseCallRecording", "ResumeCallRecording",
                "StopCallRecording",
                "Hold", "Retrieve", "Hangup",
            ] {
                #expect(try await bench.perform(name, call: call).kind == .accepted, "\(name)")
            }
            let body = await bench.simulator.requests().first { $0.method == "POST" }?.body
            #expect(body == #"{"operationName":"Answer"}"#)
        }
    }

    @Test func `GWS's no is a refusal, with its words`() async throws {
        try await withBench { bench in
            let outcome = try await bench.perform("Hold", call: "unknown")
            #expect(outcome.kind == .refused(.gws))
            #expect(outcome.statusCode == 6)
            #expect(outcome.statusMessage != nil)
        }
    }

    @Test(
        arguments: [
            (.cut, .before, .unknown(.cut)), (.cut, .after, .unknown(.cut)), (.half, .after, .unknown(.cut)),
            (.hang, .before, .unknown(.timedOut)),
            (.answer(status: 200, body: "<html>", contentType: "text/html"), .before, .unknown(.gwsError)),
            (.answer(status: 503, body: "", contentType: nil), .before, .unreachable(.unavailable)),
            (.answer(status: 500, body: "", contentType: nil), .before, .unknown(.gwsError)),
        ] as [(Fault.Action, Fault.Moment, Outcome.Kind)])
    func `a fault becomes its outcome, and nothing is sent twice`(
        action: Fault.Action, moment: Fault.Moment, kind: Outcome.Kind
    ) async throws {
        try await withBench(requestTimeout: .seconds(3)) { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            try await bench.session.logIn()
            await bench.simulator.inject(Fault(action, moment, method: "POST"))
            #expect(try await bench.perform("Answer", call: call).kind == kind)
            #expect(await bench.requests().count { $0.hasPrefix("POST") } == 1)
        }
    }

    @Test func `a connection that is refused was not used`() async throws {
        let url = try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { $0.url }
        try await withTransport(to: url) { transport in
            let session = AgentSession(transport: transport)
            let start = ContinuousClock.now
            #expect(await session.perform(try .answer("1")).kind == .unreachable(.noSession))
            #expect(ContinuousClock.now - start < .seconds(10))
            let outcome = try await failure(of: transport)
            #expect(outcome.kind == .unreachable(.connect))
        }
    }

    @Test func `a host that does not exist was not reached`() async throws {
        try await withTransport(to: "http://no-such-host.invalid") { transport in
            let found = try await failure(of: transport).kind
            #expect(found == .unreachable(.connect))
        }
    }

    @Test func `a server that does not speak TLS was not reached`() async throws {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            try await withTransport(to: "https" + server.url.dropFirst(4)) { transport in
                let found = try await failure(of: transport).kind
                #expect(found == .unreachable(.connect))
            }
        }
    }

    /// A login-free POST.
    private func failure(of transport: HTTPTransport) async throws -> Outcome {
        do {
            let response = try await transport.send(
                HTTPTransport.Request(
                    method: .POST, path: "/me", headers: [:], body: [],
                    timeout: .seconds(5)))
            return Outcome(response, now: 0)
        } catch {
            return Outcome(error, now: 0)
        }
    }

    @Test func `a kept-alive connection that ends is not tried again`() async throws {
        let posts = NIOLockedValueBox(0)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            guard request.hasPrefix("POST") else { return .accepted }
            return posts.withLockedValue { count in
                count += 1
                return count == 2 ? .cut : .accepted
            }
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                var kinds: [Outcome.Kind] = []
                for _ in 0..<3 { kinds.append(await session.perform(try .answer("1")).kind) }
                #expect(kinds == [.accepted, .unknown(.cut), .accepted])
                #expect(posts.withLockedValue { $0 } == 3)
            }
        }
    }

    @Test func `a connection that the server has closed is not used again`() async throws {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in
            .json(#"{"statusCode":0}"#, headers: ["Connection: close"], closes: true)
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                try await session.logIn()
                _ = try await session.calls()
                let outcome = await session.perform(try .answer("1"))
                #expect(outcome.kind == .accepted)
            }
        }
    }

    @Test func `an answer that trickles is not waited for without end`() async throws {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            guard request.hasPrefix("POST") else { return .accepted }
            return .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", closes: false)
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url, requestTimeout: .seconds(2)) { transport in
                let session = AgentSession(transport: transport)
                let outcome = await session.perform(try .answer("1"))
                #expect(outcome.kind == .unknown(.timedOut))
                #expect(outcome.httpStatus == 200)
            }
        }
    }

    @Test func `a redirect is a refusal, and is not followed`() async throws {
        let requests = NIOLockedValueBox(0)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            requests.withLockedValue { $0 += 1 }
            guard request.hasPrefix("POST") else { return .accepted }
            return .json("", status: "307 Temporary Redirect", headers: ["Location: /elsewhere"])
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                let found = try await session.perform(.answer("1")).kind
                #expect(found == .refused(.gws))
                #expect(requests.withLockedValue { $0 } == 2)
            }
        }
    }

    @Test func `an answer without end is not read to its end`() async throws {
        let megabytes = String(repeating: "x", count: 3 << 20)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            request.hasPrefix("POST") ? .json(megabytes) : .accepted
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                let found = try await session.perform(.answer("1")).kind
                #expect(found == .unknown(.gwsError))
            }
        }
    }

    @Test(arguments: [
        ("00RV9H7S6O8V3BSHAG7GK2LAES00002M", "00RV9H7S6O8V3BSHAG7GK2LAES00002M"),
        ("a/../b", "a%2F..%2Fb"), ("x?y=1#z", "x%3Fy%3D1%23z"), ("a b\r\nX: y", "a%20b%0D%0AX%3A%20y"),
        ("100%", "100%25"), ("日", "%E6%97%A5"), ("..%2f..", "..%252f.."),
    ])
    func `an id stays one segment of the path, whatever it holds`(id: String, segment: String) async throws {
        let line = NIOLockedValueBox("")
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            line.withLockedValue { $0 = String(request.prefix { !$0.isNewline }) }
            return .accepted
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                let found = try await session.perform(.answer(id)).kind
                #expect(found == .accepted)
                #expect(line.withLockedValue { $0 } == "POST /api/v2/me/calls/\(segment) HTTP/1.1")
            }
        }
    }

    @Test(arguments: [nil, "", ".", "..", String(repeating: "x", count: 2000)])
    func `an id that cannot be one is refused before anything is sent`(id: String?) {
        #expect(throws: GWSError.self) {
            try OperationRequest("Answer", path: "/me/calls/{callId}", callID: id, body: [])
        }
    }

    @Test(arguments: [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true), ("00-x", false),
        ("a\r\nb: c", false),
    ])
    func `a trace goes on if it is one`(traceparent: String, passed: Bool) async throws {
        let last = NIOLockedValueBox("")
        let reply: @Sendable (String) -> ScriptedServer.Reply = { request in
            last.withLockedValue { $0 = request }
            return .accepted
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let session = AgentSession(transport: transport)
                var operation = try OperationRequest.answer("1")
                operation.traceparent = traceparent
                operation.tracestate = "a=b"
                #expect(await session.perform(operation).kind == .accepted)
                let request = last.withLockedValue { $0 }
                #expect(request.contains("traceparent: ") == passed)
                #expect(request.contains("tracestate: a=b") == passed)
            }
        }
    }

    @Test func `calls and devices are read`() async throws {
        try await withBench { bench in
            let call = try await bench.simulator.ring(agent: "5001")
            #expect(
                try await bench.session.calls()["calls"]?.elements.compactMap { $0["id"]?.string } == [call])
            #expect(try await bench.session.call(call)?["call"]?["state"]?.string == "Ringing")
            #expect(try await bench.session.call("unknown") == nil)
            #expect(try await bench.session.devices()["devices"]?.elements.count { $0["id"] != nil } == 1)
            #expect(try await bench.session.version() != nil)
            #expect(bench.session.status.serverVersion != nil)
            await bench.simulator.invalidateSessions()
            #expect(try await bench.session.calls()["statusCode"]?.int == 0)
        }
    }
}
