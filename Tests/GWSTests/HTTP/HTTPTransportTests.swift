import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import GWS

/// Connections: how many there are, when they are used again, and what becomes of requests that they do not bring to an
/// end.
@Suite(.timeLimit(.minutes(1)))
struct HTTPTransportTests {
    private static let hanging: @Sendable (String) -> ScriptedServer.Reply = { _ in .hang }

    private func request(timeout: Duration = .seconds(20)) -> HTTPTransport.Request {
        HTTPTransport.Request(method: .POST, path: "/me", headers: [:], body: [1], timeout: timeout)
    }

    private func failure(_ transport: HTTPTransport, _ request: HTTPTransport.Request) async
        -> HTTPTransport.Failure?
    {
        do {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    /// So many answers, one after another, each of which says `abc`.
    private func expectABC(_ count: Int, over transport: HTTPTransport) async throws {
        for _ in 0..<count {
            let response = try await transport.send(request())
            #expect(response.body == Array("abc".utf8))
        }
    }

    @Test func `one request after another goes over one connection, and as many at once over as many`()
        async throws
    {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            try await withTransport(to: server.url) { transport in
                for _ in 0..<20 {
                    let response = try await transport.send(request())
                    #expect(response.status == 200)
                }
                #expect(server.connections == 1)
                try await withThrowingTaskGroup { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let response = try await transport.send(request())
                            #expect(response.status == 200)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect((2...100).contains(server.connections))
                let before = server.connections
                for _ in 0..<20 { _ = try await transport.send(request()) }
                #expect(server.connections == before)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    ])
    func `an answer that is framed otherwise leaves the connection usable`(_ answer: String) async throws {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in .raw(answer, closes: false) }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                try await expectABC(3, over: transport)
                #expect(server.connections == 1)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\nabc", "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    ])
    func `an answer after which the server closes is whole, and its connection not used again`(
        _ answer: String
    ) async throws {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in .raw(answer, closes: true) }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                try await expectABC(3, over: transport)
                #expect(server.connections == 3)
            }
        }
    }

    @Test func `what was not asked for ends the connection`() async throws {
        let twice = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in .raw(twice + twice, closes: false) }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                try await expectABC(3, over: transport)
                #expect(server.connections == 3)
            }
        }
    }

    @Test func `an answer that is none has an unknown outcome`() async throws {
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in
            .raw("SSH-2.0-OpenSSH_9.2\r\n\r\n", closes: false)
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                let failure = try #require(await failure(transport, request()))
                #expect(failure.kind == .cut)
                #expect(failure.mayHaveBeenSent)
            }
        }
    }

    @Test func `a time that is over ends a request, and with it its connection`() async throws {
        try await ScriptedServer.with(Self.hanging) { server in
            try await withTransport(to: server.url) { transport in
                for number in 1...2 {
                    let began = ContinuousClock.now
                    let failure = try #require(
                        await failure(transport, request(timeout: .milliseconds(300))))
                    #expect(failure.kind == .timedOut)
                    #expect(failure.mayHaveBeenSent)
                    #expect(ContinuousClock.now - began >= .milliseconds(300))
                    #expect(server.connections == number)
                }
            }
        }
    }

    @Test func `each request has its own time on a connection that was used before`() async throws {
        let count = NIOLockedValueBox(0)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in
            count.withLockedValue { count in
                count += 1
                return count == 1 ? .accepted : .hang
            }
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                // Its timer would come long after the next request's time.
                _ = try await transport.send(request(timeout: .seconds(50)))
                let failure = try #require(await failure(transport, request(timeout: .milliseconds(300))))
                #expect(failure.kind == .timedOut)
                #expect(server.connections == 1)
            }
        }
    }

    @Test func `who is cancelled is let go, before and after the request is sent`() async throws {
        try await ScriptedServer.with(Self.hanging) { server in
            try await withTransport(to: server.url) { transport in
                let early = Task { await failure(transport, request()) }
                early.cancel()
                #expect(await early.value?.kind == .cancelled)
                let late = Task { await failure(transport, request()) }
                try await eventually(within: .seconds(10), "it is connected") { server.connections > 0 }
                late.cancel()
                #expect(await late.value?.kind == .cancelled)
            }
        }
    }

    @Test func `a server that does not shake hands was not reached`() async throws {
        // It takes connections, and says nothing.
        try await ScriptedServer.with(Self.hanging) { plain in
            let url = "https" + plain.url.dropFirst(4)
            let server = try GWSServer(url: url, connectTimeout: .milliseconds(500))
            try await HTTPTransport.withTransport(to: server) { transport in
                let failure = try #require(await failure(transport, request()))
                #expect(failure.kind == .notSent)
                #expect(!failure.mayHaveBeenSent)
                // Nor does it keep a connection, whoever has waited for it.
                let early = Task { await self.failure(transport, request()) }
                try await eventually(within: .seconds(10), "it is connected") { plain.connections == 2 }
                early.cancel()
                #expect(await early.value?.kind == .cancelled)
                try await eventually(within: .seconds(10), "they are closed") { plain.openConnections == 0 }
            }
        }
    }

    @Test func `the end of the transport is the end of what is under way`() async throws {
        try await ScriptedServer.with(Self.hanging) { server in
            let transport = try HTTPTransport(server: try GWSServer(url: server.url))
            async let failures = withTaskGroup { group in
                for _ in 0..<5 { group.addTask { await failure(transport, request()) } }
                return await group.reduce(into: [HTTPTransport.Failure?]()) { $0.append($1) }
            }
            try await eventually(within: .seconds(10), "they are under way") { server.connections == 5 }
            await transport.shutdown()
            #expect(await failures.allSatisfy { $0?.kind == .cancelled })
        }
    }

    @Test func `what must not be sent any more is not, and leaves the connection as it is`() async throws {
        let requests = NIOLockedValueBox(0)
        let reply: @Sendable (String) -> ScriptedServer.Reply = { _ in
            requests.withLockedValue { $0 += 1 }
            return .accepted
        }
        try await ScriptedServer.with(reply) { server in
            try await withTransport(to: server.url) { transport in
                var late = request()
                late.mayGo = { false }
                // Over a new connection, and over one that there is.
                for _ in 0..<2 {
                    let failure = try #require(await failure(transport, late))
                    #expect(failure.kind == .notSent)
                    #expect(!failure.mayHaveBeenSent)
                }
                #expect(requests.withLockedValue(\.self) == 0)
                let response = try await transport.send(request())
                #expect(response.status == 200)
                #expect(server.connections == 1)
            }
        }
    }

    @Test func `a header that would be two is not sent`() async throws {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            try await withTransport(to: server.url) { transport in
                for value in ["a\r\nX: b", "a\nb", "a\0"] {
                    var odd = request()
                    odd.headers.add(name: "X", value: value)
                    let failure = try #require(await failure(transport, odd))
                    #expect(failure.kind == .notSent)
                }
            }
        }
    }

    @Test func `after its end a transport sends nothing, and ends again at once`() async throws {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            let transport = try HTTPTransport(server: try GWSServer(url: server.url))
            await transport.shutdown()
            await transport.shutdown()
            let failure = try #require(await failure(transport, request()))
            #expect(failure.kind == .cancelled)
            #expect(!failure.mayHaveBeenSent)
        }
    }

    @Test func `tasks that prefer its thread run there`() async throws {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting) { server in
            try await withTransport(to: server.url) { transport in
                await withTaskExecutorPreference(transport.executor) {
                    await withTaskGroup { group in
                        for _ in 0..<100 {
                            group.addTask {
                                #expect(MultiThreadedEventLoopGroup.currentEventLoop != nil)
                                let response = try? await transport.send(request())
                                #expect(response?.status == 200)
                                #expect(MultiThreadedEventLoopGroup.currentEventLoop != nil)
                            }
                        }
                    }
                }
            }
        }
    }
}
