import AMQP
import Bridge
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// What the broker did not bring to the bridge gets its last word all the same.
struct UndeliveredTests {
    @Test func `a command that expired in the queue is told to have expired`() async throws {
        try await Self.run { stage, call in
            try await stage.killBridge()
            let id = try await stage.client.send("Hold", call: call) { $0.expiration = "50" }
            try await stage.whenUndelivered()
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "expired")
            #expect(outcome.reason == "queue-ttl")
            #expect(outcome.json["callId"]?.string == call)
            #expect(try await stage.client.finalReply(to: id).outcome == "expired")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "expired.queue-ttl")
            #expect(letter.properties.headers["gws-expiration"]?.string == "50")
            #expect(await stage.scene.operations().isEmpty)
        }
    }

    @Test func `a command under a key that no queue is bound for is done once all the same`() async throws {
        try await Stage.run { stage in
            let (exchange, queue) = ("\(stage.prefix).commands", "\(stage.prefix).commands")
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "operator", logger: .silent
            ) { connection in
                try await connection.unbind(
                    Binding(source: exchange, destination: .queue(queue), routingKey: "#"))
                try await connection.bind(
                    Binding(source: exchange, destination: .queue(queue), routingKey: "command.5001.#"))
            }
            let calls = try await stage.scene.calls(20, of: ["5001"])
            var ids: [String] = []
            for call in calls {
                let body =
                    #"{"agent":"5001","callId":"\#(call.id)","operationName":"AttachUserData","userData":{"a":"b"}}"#
                ids.append(try await stage.client.send(Array(body.utf8), key: "somewhere.else"))
            }
            for id in ids {
                let reply = try await stage.client.finalReply(to: id)
                #expect(reply.outcome == "confirmed", "\(reply.reason ?? "")")
            }
            #expect(await stage.scene.operations().count == calls.count)
        }
    }

    @Test func `a command that ended and was not told is told in full as it ended, though it expired then`()
        async throws
    {
        try await Self.run { stage, call in
            try await stage.killBridge()
            let id = try await stage.client.send("Hold", call: call) { $0.expiration = "50" }
            try await stage.whenUndelivered()
            let verdict = Verdict(
                CommandOutcome(.unknown, reason: "cut", detail: "The line was cut."), attempts: 3,
                finishedAfter: 70)
            try await stage.note(
                LedgerEntry(id: id, stage: .ended, arrivedAt: 1, attempts: 3, verdict: verdict))
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "unknown")
            #expect(outcome.reason == "cut")
            #expect(outcome.json["attempts"]?.int == 3)
            #expect(outcome.json["finishedAfterMs"]?.int == 70)
            #expect(try await stage.client.finalReply(to: id).message.body == outcome.message.body)
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "unknown.cut")
            #expect(await stage.scene.operations().isEmpty)
        }
    }

    @Test func `a command that nobody lived to settle is given up, and its body is not looked at again`()
        async throws
    {
        try await Self.run { stage, _ in
            try await stage.killBridge()
            let body = Array(#"{"what":"crashes whoever decodes it"#.utf8)
            let id = try await stage.client.send(body, key: "command.5001.Hold")
            try await stage.takeAndDrop(times: 3)
            try await stage.whenUndelivered()
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "unknown")
            #expect(outcome.reason == "delivery-limit")
            #expect(outcome.json["agent"]?.string == "5001")
            #expect(outcome.json["operationName"]?.string == "Hold")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "unknown.delivery-limit")
            #expect(letter.body == body)
            #expect(await stage.scene.operations().isEmpty)
        }
    }

    @Test func `a command that no queue is bound for is for an agent that nobody serves`() async throws {
        try await Stage.run { stage in
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "vandal", logger: .silent
            ) {
                let commands = "\(stage.prefix).commands"
                try await $0.unbind(
                    Binding(source: commands, destination: .queue(commands), routingKey: "#"))
            }
            let id = try await stage.client.send("Hold", agent: "7777", call: "x")
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.outcome == "rejected")
            #expect(outcome.reason == "agent-unknown")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "rejected.agent-unknown")
        }
    }

    /// With a call that the bridge has seen.
    private static func run(_ body: @Sendable (ProcessStage, String) async throws -> Void) async throws {
        try await ProcessStage.run(settings: ["commands.delivery-limit": "2"]) { stage in
            try await body(stage, try await stage.establishedCall())
        }
    }
}

extension ProcessStage {
    fileprivate func whenUndelivered() async throws {
        try await eventually(within: .seconds(20), "the broker gives it up") {
            try await scene.depth(of: "commands.undelivered") == 1
        }
    }
}
