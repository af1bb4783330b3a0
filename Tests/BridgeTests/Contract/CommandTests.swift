import Bridge
import GWS
import Testing

struct CommandTests {
    private static let agents: Set = ["5001", "5002"]

    private func decode(
        _ body: String, agents: Set<String> = agents, allowing allowed: Set<String> = [],
        key: String = "gws.commands"
    ) -> Result<Command, Rejection> {
        CommandDecoder(agents: agents, allowedUnknown: allowed).decode(
            Array(body.utf8), routingKey: key, userID: nil
        ).1
    }

    private func rejection(_ result: Result<Command, Rejection>) throws -> Rejection {
        try #require(throws: Rejection.self) { try result.get() }
    }

    private func text(_ command: Command) throws -> String {
        String(decoding: try command.operation.request().body, as: UTF8.self)
    }

    // MARK: - What GWS gets

    @Test func `GWS gets the command without its address, all else byte for byte`() throws {
        let body = #"""
            { "agent": "5001", "x": 1.10e+400, "callId":"c", "operationName": "Hold",
              "deviceId" : "d", "deep": { "agent" : [ 12345678901234567890 ] }, "é\u00e9": null }
            """#
        #expect(
            try text(decode(body).get())
                == #"{"x":1.10e+400,"operationName":"Hold","deep":{ "agent" : [ 12345678901234567890 ] },"éé":null}"#
        )
    }

    @Test func `an address written in escapes is taken out all the same`() throws {
        let command = try decode(#"{"\u0061gent":"5002","call\u0049d":"c","operationName":"Hold"}"#).get()
        #expect(command.agent == "5002")
        #expect(try text(command) == #"{"operationName":"Hold"}"#)
    }

    @Test func `the trace goes with the operation`() throws {
        let command = try CommandDecoder(agents: ["5001"]).decode(
            Array(#"{"callId":"c","operationName":"Hold"}"#.utf8), routingKey: "", userID: nil,
            traceparent: "p",
            tracestate: "s"
        ).1.get()
        let operation = try command.operation.request()
        #expect([operation.traceparent, operation.tracestate] == ["p", "s"])
    }

    // MARK: - Who may send it

    private func decode(
        _ body: String, of user: String?, allowing allowed: Set<String> = [], byDefault: Bool = false
    ) -> Result<Command, Rejection> {
        let rules = [Permissions.Rule(users: ["desk"], operations: ["Hold", "Own"], agents: ["5001"])]
        return CommandDecoder(
            agents: Self.agents, allowedUnknown: allowed,
            permissions: Permissions(allowsByDefault: byDefault, rules: rules)
        ).decode(Array(body.utf8), routingKey: "", userID: user).1
    }

    @Test func `who may do it gets a command, also one that goes through unchecked`() throws {
        let hold = #"{"agent":"5001","callId":"c","operationName":"Hold"}"#
        #expect(try decode(hold, of: "desk").get().agent == "5001")
        let own = #"{"agent":"5001","callId":"c","operationName":"Own"}"#
        #expect(try decode(own, of: "desk", allowing: ["Own"]).get().agent == "5001")
        #expect(try decode(hold, of: nil, byDefault: true).get().agent == "5001")
    }

    @Test(arguments: [
        (#"{"agent":"5001","callId":"c","operationName":"Hangup"}"#, "desk"),
        (#"{"agent":"5002","callId":"c","operationName":"Hold"}"#, "desk"),
        (#"{"agent":"5001","callId":"c","operationName":"Hold"}"#, nil),
        (#"{"agent":"5001","callId":"c","operationName":"Foreign"}"#, "desk"),
        // What is missing or wrong is none of their business.
        (#"{"agent":"5001","operationName":"SendDtmf","digits":7}"#, "desk"),
    ])
    func `who may not do it is told that, and nothing else`(body: String, user: String?) throws {
        let rejection = try rejection(decode(body, of: user, allowing: ["Foreign"]))
        #expect(rejection.reason == "not-permitted")
        #expect(rejection.field == nil)
    }

    // MARK: - Whose it is

    @Test func `the agent may be named by the body, by the key, or be the only one`() throws {
        let bare = #"{"callId":"c","operationName":"Hold"}"#
        let named = #"{"agent":"5001","callId":"c","operationName":"Hold"}"#
        #expect(try decode(named, key: "command.5002.Hold").get().agent == "5001")
        #expect(try decode(bare, key: "command.5002.Hold").get().agent == "5002")
        #expect(try decode(bare, agents: ["7"]).get().agent == "7")
    }

    @Test(arguments: [
        (#"{"callId":"c","operationName":"Hold"}"#, "gws.commands"),
        (#"{"agent":"9","callId":"c","operationName":"Hold"}"#, "command.5001.Hold"),
        (#"{"callId":"c","operationName":"Hold"}"#, "command.9.Hold"),
    ])
    func `a command for nobody whom the bridge serves is rejected`(body: String, key: String) throws {
        let rejection = try rejection(decode(body, key: key))
        #expect(rejection.reason == "agent-unknown")
        #expect(rejection.field == "/agent")
    }

    @Test func `call operations have the call's lane`() throws {
        let body = #"{"agent":"5001","callId":"c","deviceId":"d","operationName":"Hold"}"#
        #expect(try decode(body).get().lane == .call("c"))
    }

    @Test(arguments: [
        (#""callId":"c","deviceId":"d","#, Command.Lane.call("c")),
        (#""deviceId":"d","#, .devices(of: "5001")), ("", .agent("5001")),
    ])
    func `an unknown operation that is let through is about what its address names`(
        address: String, lane: Command.Lane
    ) throws {
        let body = #"{"agent":"5001",\#(address)"operationName":"Juggle","balls":"three"}"#
        let command = try decode(body, allowing: ["Juggle"]).get()
        #expect(command.lane == lane)
        #expect(!command.isRepeatable)
        #expect(try text(command) == #"{"operationName":"Juggle","balls":"three"}"#)
    }

    @Test func `an operation that is let through is not checked, though the catalogue knows it`() throws {
        let body = #"{"agent":"5001","deviceId":"d","operationName":"StopCallRecording"}"#
        #expect(try rejection(decode(body)).field == "/callId")
        let command = try decode(body, allowing: ["StopCallRecording"]).get()
        #expect(command.lane == .devices(of: "5001"))
        let dial = #"{"agent":"5001","deviceId":"d","operationName":"Dial"}"#
        #expect(try decode(dial, allowing: ["Dial"]).get().operation.request().path.hasSuffix("/d/calls"))
    }

    // MARK: - What is not sent

    @Test(arguments: [
        "", "Hold", "[]", "null", #"{"operationName":"Hold""#, #"{"operationName":"Hold"} {}"#,
        #"{"operationName":"Hold","operationName":"Hold"}"#,
        #"{"operationName":"Hold","\u006fperationName":"Hold"}"#, "\u{FEFF}{}",
    ])
    func `a body that is not one JSON object is malformed`(body: String) throws {
        #expect(try rejection(decode(body)).reason == "malformed")
    }

    @Test func `a body that is not UTF-8 is malformed`() throws {
        let body = Array(#"{"operationName":"Hold","x":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        let result = CommandDecoder(agents: ["5001"]).decode(body, routingKey: "", userID: nil).1
        #expect(try rejection(result).reason == "malformed")
    }

    @Test func `a body may be 32 levels deep and not deeper`() throws {
        func body(levels: Int) -> String {
            let (open, close) = (String(repeating: "[", count: levels), String(repeating: "]", count: levels))
            return #"{"agent":"5001","callId":"c","operationName":"Hold","x":\#(open)\#(close)}"#
        }
        #expect(throws: Never.self) { try decode(body(levels: 31)).get() }
        #expect(try rejection(decode(body(levels: 32))).reason == "malformed")
    }

    @Test func `a body may have 64 KiB and not more`() throws {
        func body(bytes: Int) -> String {
            let head = #"{"agent":"5001","callId":"c","operationName":"Hold","x":""#
            return head + String(repeating: "x", count: bytes - head.utf8.count - 2) + #""}"#
        }
        #expect(throws: Never.self) { try decode(body(bytes: 65_536)).get() }
        #expect(try rejection(decode(body(bytes: 65_537))).reason == "too-large")
    }

    @Test(arguments: [
        (#"{"agent":"5001","callId":"c"}"#, "missing-parameter", "/operationName"),
        (#"{"agent":"5001","operationName":"Hold"}"#, "missing-parameter", "/callId"),
        (#"{"agent":"5001","callId":"c","operationName":"Juggle"}"#, "unknown-operation", "/operationName"),
        (#"{"agent":"5001","callId":"c","operationName":"hold"}"#, "unknown-operation", "/operationName"),
        (#"{"agent":"5001","callId":"c","operationName":7}"#, "invalid-parameter", "/operationName"),
        (#"{"agent":"5001","callId":"c","operationName":""}"#, "invalid-parameter", "/operationName"),
        (#"{"agent":null,"callId":"c","operationName":"Hold"}"#, "invalid-parameter", "/agent"),
        (#"{"agent":"5001","callId":7,"operationName":"Hold"}"#, "invalid-parameter", "/callId"),
        (#"{"agent":"5001","callId":"","operationName":"Hold"}"#, "invalid-parameter", "/callId"),
        (#"{"agent":"5001","callId":"..","operationName":"Hold"}"#, "invalid-parameter", "/callId"),
        (
            #"{"agent":"5001","callId":"c","deviceId":{},"operationName":"Hold"}"#, "invalid-parameter",
            "/deviceId"
        ),
    ])
    func `a command is rejected with the field that is meant`(body: String, reason: String, field: String)
        throws
    {
        let rejection = try rejection(decode(body, key: "command.5001.Hold"))
        #expect(rejection.reason == reason)
        #expect(rejection.field == field)
    }

    @Test func `a call's id may have 200 bytes and not more`() throws {
        func body(id: String) -> String { #"{"agent":"5001","callId":"\#(id)","operationName":"Hold"}"# }
        let longest = String(repeating: "ü", count: 100)
        #expect(throws: Never.self) { try decode(body(id: longest)).get() }
        let rejection = try rejection(decode(body(id: longest + "x")))
        #expect(rejection.reason == "invalid-parameter")
        #expect(rejection.field == "/callId")
    }

    @Test func `a rejection is the outcome of that name with its words`() {
        let outcome = Rejection(.malformed, "It is none.", field: "/x").outcome
        #expect(outcome == CommandOutcome(.rejected, reason: "malformed", detail: "It is none.", field: "/x"))
    }
}
