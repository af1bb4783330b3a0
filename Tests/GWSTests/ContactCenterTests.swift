import GWSSimulator
import NIOHTTP1
import RawJSON
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct ContactCenterTests {
    private static let end = Array(#"{"operationName":"EndContactCenterSession"}"#.utf8)

    @Test(arguments: [
        (
            ContactCenterOptions(),
            #"{"operationName":"StartContactCenterSession","channels":["voice"]}"#
        ),
        (
            ContactCenterOptions(
                channels: ["voice", "chat"], place: "SIP_\"1\"", loginCode: "0100", queue: "9001",
                devicePath: "/devices/1"),
            #"{"operationName":"StartContactCenterSession","channels":["voice","chat"],"place":"SIP_\"1\"","#
                + #""loginCode":"0100","queue":"9001","devicePath":"/devices/1"}"#
        ),
    ])
    func `the operation says what is configured`(options: ContactCenterOptions, body: String) {
        #expect(String(decoding: options.operation, as: UTF8.self) == body)
    }

    private func start(_ body: String, status: Int = 200) -> ContactCenterStart {
        let response = HTTPTransport.Response(status: status, headers: [:], body: Array(body.utf8))
        return ContactCenterStart(Outcome(response, now: 0), body: response.body)
    }

    @Test func `some channels are enough if voice is among them`() {
        let body = """
            {"statusCode":7,
             "failed":[{"statusCode":4,"statusMessage":"Interaction server connection is not opened","channel":"multimedia"}],
             "succeeded":[{"statusCode":0,"channel":"voice"}]}
            """
        #expect(
            start(body) == .doneForVoice(detail: "multimedia: Interaction server connection is not opened"))
        #expect(start(#"{"statusCode":0}"#) == .done)
    }

    @Test(arguments: [
        #"{"statusCode":7,"failed":[{"channel":"voice"}],"succeeded":[{"statusCode":0,"channel":"chat"}]}"#,
        #"{"statusCode":7}"#, #"{"statusCode":2,"statusMessage":"no such place"}"#, "<html>",
    ])
    func `without voice it has failed`(body: String) {
        guard case .failed = start(body) else {
            Issue.record("it did not fail: \(start(body))")
            return
        }
    }

    private func isLoggedOut(_ bench: Bench) async throws -> Bool? {
        try await bench.session.isLoggedOutOfContactCenter()
    }

    @Test func `an agent is logged in, seen to be so, and logged out`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.agents[0].isLoggedIn = false
        try await withBench(configuration) { bench in
            let before = try await isLoggedOut(bench)
            #expect(before == true)
            #expect(await bench.session.startContactCenterSession(ContactCenterOptions()) == .done)
            let meanwhile = try await isLoggedOut(bench)
            #expect(meanwhile == false)
            #expect(await bench.session.endContactCenterSession().kind == .accepted)
            let after = try await isLoggedOut(bench)
            #expect(after == true)
        }
    }

    @Test func `an agent of whose state no device tells may be anything`() async throws {
        try await withBench { bench in
            await bench.simulator.inject(
                Fault(
                    .answer(
                        status: 200, body: #"{"statusCode":0,"devices":[{"id":"1"}]}"#,
                        contentType: "application/json"), path: "/me/devices"))
            let unknown = try await isLoggedOut(bench)
            #expect(unknown == nil)
        }
    }

    @Test func `an operation that logs the agent out ends the session, and another begins`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                try await bench.simulator.heldPoll(of: "5001")
                let operation = try OperationRequest(
                    "EndContactCenterSession", path: "/me", body: Self.end, login: .end)
                #expect(await bench.session.perform(operation).kind == .accepted)
                // What its devices become may be told before.
                var event = try await events.next("the end of the session")
                while case .batch = event { event = try await events.next("the end of the session") }
                guard case .loggedOut = event else {
                    Issue.record("there came \(event)")
                    return
                }
                #expect(try await events.next("a new session").startReason == .loginLost)
                #expect(await bench.session.commandedLogin == .end)
                #expect(await bench.requests().count { $0 == "GET /api/v2/me" } == 2)
            }
        }
    }

    @Test func `an agent who goes offline is logged out by command, and the session goes on`() async throws {
        try await withBench { bench in
            let operation = try OperationRequest(
                "Offline", path: "/me/channels/voice", body: Array(#"{"operationName":"Offline"}"#.utf8),
                login: .offline)
            #expect(await bench.session.perform(operation).kind == .accepted)
            #expect(await bench.session.commandedLogin == .offline)
            _ = try await bench.perform("Answer")
            #expect(await bench.requests().count { $0 == "GET /api/v2/me" } == 1)
        }
    }

    @Test func `an operation that logs the agent out makes no other one refused`() async throws {
        try await withBench { bench in
            let end = try OperationRequest(
                "EndContactCenterSession", path: "/me", body: Self.end, login: .end)
            for round in 0..<60 {
                let calls = try await withThrowingTaskGroup { group in
                    for _ in 0..<10 { group.addTask { try await bench.simulator.ring(agent: "5001") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let answers = try calls.map { try bench.operation("Answer", call: $0) }
                // All with the log-in that ends; the answer to that may come when there is another already.
                try await bench.session.logIn()
                await bench.simulator.inject(
                    Fault(.delay(.microseconds(round * 200)), .after, body: "EndContactCenterSession"))
                let deadline = AgentSession.nowInMilliseconds + 10_000
                let kinds = await withTaskGroup { group in
                    for operation in [end] + answers {
                        group.addTask { await bench.session.perform(operation, before: deadline).kind }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(!kinds.contains(.refused(.notAuthenticated)), "round \(round)")
                #expect(kinds.count == 11)
            }
        }
    }

    @Test func `a session that was left logs the agent out, and asks for nothing else`() async throws {
        try await withBench { bench in
            try await bench.session.logIn()
            await bench.session.end()
            #expect(try await bench.perform("Answer").kind == .unreachable(.noSession))
            await #expect(throws: GWSError.left) { try await bench.session.devices() }
            #expect(await bench.session.endContactCenterSession().kind == .accepted)
            #expect(try await bench.perform("Answer").kind == .unreachable(.noSession))
            #expect(await bench.requests() == ["GET /api/v2/me", "POST /api/v2/me"])
        }
    }

    @Test func `operations under way are waited for`() async throws {
        try await withBench { bench in
            try await bench.session.logIn()
            await bench.simulator.inject(Fault(.delay(.milliseconds(300)), method: "POST"))
            let operation = try bench.operation("Answer")
            let outcome = Task {
                await bench.session.operating { await bench.session.perform(operation) }
            }
            while await bench.simulator.requests().count < 2 { await Task.yield() }
            await bench.session.whenQuiet()
            #expect(await bench.simulator.requests().last?.isAnswered == true)
            _ = await outcome.value
        }
    }
}
