import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let body: [UInt8]
        let reason: String
        var field: String?
        var change: @Sendable (inout Properties) -> Void = { _ in }

        init(
            _ what: String, _ body: String, _ reason: String, _ field: String? = nil,
            change: @escaping @Sendable (inout Properties) -> Void = { _ in }
        ) {
            self.init(what, Array(body.utf8), reason, field, change: change)
        }

        init(
            _ what: String, _ body: [UInt8], _ reason: String, _ field: String? = nil,
            change: @escaping @Sendable (inout Properties) -> Void = { _ in }
        ) {
            self.what = what
            self.body = body
            self.reason = reason
            self.field = field
            self.change = change
        }

        var testDescription: String { what }
    }

    static let cases = [
        Case("nothing", "", "malformed"),
        Case("not JSON", "StartCallRecording, please", "malformed"),
        Case("half an object", #"{"agent":"5001","callId":"x""#, "malformed"),
        Case("an array", "[1]", "malformed"),
        Case("something behind it", #"{"agent":"5001"} {}"#, "malformed"),
        Case(
            "a key twice", #"{"agent":"5001","agent":"5001","callId":"x","operationName":"Hold"}"#,
            "malformed"),
        Case("UTF-16", Array("\u{FEFF}{".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }), "malformed"),
        Case("Latin-1", Array(#"{"agent":""#.utf8) + [0xFC] + Array(#""}"#.utf8), "malformed"),
        Case(
            "too deep",
            #"{"callId":"x","operationName":"Hold","extra":"#
                + String(repeating: "[", count: 32) + String(repeating: "]", count: 32) + "}", "malformed"),
        Case("a type that is no text", "rubbish", "malformed") {
            $0.type = String(repeating: "\u{FFFD}", count: 85)
        },
        Case("deeper than any stack", String(repeating: "[", count: 60_000), "malformed"),
        Case("a megabyte", [UInt8](repeating: 0x20, count: 1 << 20), "too-large"),
        Case("gzip", "{}", "malformed") { $0.contentEncoding = "gzip" },
        Case("no operation", #"{"agent":"5001","callId":"x"}"#, "missing-parameter", "/operationName"),
        Case("an operation that is a number", #"{"operationName":1}"#, "invalid-parameter", "/operationName"),
        Case(
            "an unknown operation", #"{"agent":"5001","operationName":"Fly"}"#, "unknown-operation",
            "/operationName"),
        Case("no call", #"{"agent":"5001","operationName":"Hold"}"#, "missing-parameter", "/callId"),
        Case("an empty call", #"{"callId":"","operationName":"Hold"}"#, "invalid-parameter", "/callId"),
        Case(
            "a call that is an object", #"{"callId":{},"operationName":"Hold"}"#, "invalid-parameter",
            "/callId"),
        Case(
            "an endless call", #"{"callId":"\#(String(repeating: "x", count: 201))","operationName":"Hold"}"#,
            "invalid-parameter", "/callId"),
        Case(
            "an agent that is null", #"{"agent":null,"callId":"x","operationName":"Hold"}"#,
            "invalid-parameter", "/agent"),
        Case(
            "an agent of another bridge", #"{"agent":"7","callId":"x","operationName":"Hold"}"#,
            "agent-unknown", "/agent"),
        Case("a header of no meaning", #"{"callId":"x","operationName":"Hold"}"#, "invalid-parameter") {
            $0.headers["gws-reply"] = "perhaps"
        },
        Case("a deadline of no meaning", #"{"callId":"x","operationName":"Hold"}"#, "invalid-parameter") {
            $0.headers["gws-deadline"] = "soon"
        },
    ]

    @Test func `what is wrong is rejected with a reason, put aside, and stops nothing`() async throws {
        try await Stage.run { stage in
            for wrong in Self.cases {
                let id = try await stage.client.send(wrong.body, change: wrong.change)
                let reply = try await stage.client.reply(to: id)
                #expect(reply.outcome == "rejected", "\(wrong.what)")
                #expect(reply.reason == wrong.reason, "\(wrong.what)")
                #expect(reply.field == wrong.field, "\(wrong.what)")
                #expect(reply.json["detail"]?.string?.isEmpty == false, "\(wrong.what)")
                let letter = try await stage.client.deadLetter { $0.properties.correlationID == id }
                #expect(letter.body == wrong.body, "\(wrong.what)")
                #expect(letter.routingKey == "rejected.\(wrong.reason)")
                #expect(letter.properties.headers["gws-reason"]?.string == wrong.reason)
                #expect(letter.properties.headers["x-original-routingKey"]?.string == "command.5001.Test")
                #expect(try await stage.client.outcome(of: id).outcome == "rejected")
            }
            #expect(await stage.operations().isEmpty)
            let call = try await stage.establishedCall()
            let id = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.reply(to: id).outcome == "confirmed")
        }
    }

    @Test func `a dead letter keeps what the command said and does not act again`() async throws {
        try await Stage.run { stage in
            let id = try await stage.client.send(Array("rubbish".utf8)) { properties in
                properties.userID = "guest"
                properties.expiration = "60000"
                properties.priority = 3
                properties.headers = [
                    "mine": ["nested": [1, "two", true]],
                    "CC": [.string("\(stage.prefix).nowhere")],
                    "big": .string(String(repeating: "x", count: 80_000)),
                ]
            }
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            let headers = letter.properties.headers
            #expect(letter.properties.userID == nil)
            #expect(letter.properties.expiration == nil)
            #expect(letter.properties.priority == 3)
            #expect(headers["gws-user-id"]?.string == "guest")
            #expect(headers["gws-expiration"]?.string == "60000")
            #expect(headers["CC"] == nil)
            #expect(headers["gws-cc"]?.array?.count == 1)
            #expect(headers["mine"]?.table?["nested"]?.array?.count == 3)
            #expect(headers["big"] == nil)
            #expect(headers["gws-outcome"]?.string == "rejected")
        }
    }

    @Test func `where one agent is configured nobody need name it, and the key may name it`() async throws {
        try await Stage.run(agents: ["5001"]) { stage in
            let call = try await stage.establishedCall()
            let body = #"{"callId":"\#(call)","operationName":"Hold","extra":1.50e+3}"#
            let id = try await stage.client.send(Array(body.utf8), key: "anything")
            #expect(try await stage.client.reply(to: id).outcome == "confirmed")
            #expect(await stage.operations().last?.body == #"{"operationName":"Hold","extra":1.50e+3}"#)
        }
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            let body = Array(#"{"callId":"x","operationName":"Hold"}"#.utf8)
            let nobody = try await stage.client.send(body, key: "anything")
            #expect(try await stage.client.reply(to: nobody).reason == "agent-unknown")
            let keyed = try await stage.client.send(body, key: "command.5002.Hold")
            #expect(try await stage.client.reply(to: keyed).json["agent"]?.string == "5002")
        }
    }
}
