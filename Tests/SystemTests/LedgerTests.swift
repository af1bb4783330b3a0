import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// What the bridge knows of a command when it is killed, and started again.
struct LedgerTests {
    @Test func `a second command with the id of one before the kill is answered, and not done`() async throws
    {
        try await Self.run { stage, call in
            let id = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.finalReply(to: id).outcome == "confirmed")
            // Settled: else it is told once more.
            try await eventually(within: .seconds(20), "the command is settled") {
                try await stage.scene.depth(of: "commands") == 0
            }
            try await stage.bridge.kill()
            try stage.bridge.start()
            try await stage.client.send("Hold", call: call) {
                $0.messageID = id
                $0.correlationID = "again"
            }
            let reply = try await stage.client.finalReply(to: "again", within: .seconds(40))
            #expect(reply.outcome == "confirmed")
            #expect(reply.message.properties.headers["gws-duplicate"]?.bool == true)
            // The kill may have come before the command was acknowledged; then the same is told once more.
            let finals = try stage.client.outcomes(of: id).filter(\.isFinal).map(\.message.body)
            #expect(Set(finals).count == 1)
            #expect(await stage.scene.operations().count == 1)
        }
    }

    @Test func `what was done when the bridge was killed is found to be done, and not done again`()
        async throws
    {
        try await Self.run { stage, call in
            await stage.simulator.inject(Fault(.park, .after, method: "POST", path: "/me/calls/"))
            let id = try await stage.client.send("Hold", call: call)
            try await stage.killAtParked()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "confirmed")
            // By the call's being read, for this command or after the gap.
            #expect(outcome.confirmedBy == "event" || outcome.isAlready && outcome.confirmedBy == "reading")
            #expect(await stage.scene.operations().count == 1)
        }
    }

    @Test func `what was not done when the bridge was killed is done then`() async throws {
        try await Self.run { stage, call in
            await stage.simulator.inject(Fault(.hang, method: "POST", path: "/me/calls/"))
            let id = try await stage.client.send("Hold", call: call)
            _ = try await eventually(within: .seconds(20), "GWS has it") {
                await stage.scene.operations().count == 1
            }
            try await stage.bridge.kill()
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "confirmed", "\(outcome.message.text)")
            #expect(outcome.json["attempts"]?.int == 2)
            #expect(await stage.scene.operations().count(where: \.executed) == 1)
        }
    }

    @Test func `what cannot be found out stays unknown, and is not done again`() async throws {
        try await Self.run { stage, call in
            await stage.simulator.inject(Fault(.park, .after, method: "POST", path: "/me/calls/"))
            let id = try await stage.client.send(
                members: #""operationName":"SendDtmf","digits":"1""#, call: call)
            try await stage.killAtParked()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "unknown")
            #expect(outcome.reason == "redelivered")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "unknown.redelivered")
            #expect(await stage.scene.operations().count == 1)
        }
    }

    @Test func `what is no command is rejected, though a bridge that was killed had it before`() async throws
    {
        try await Self.run { stage, _ in
            try await stage.killBridge()
            let id = try await stage.client.send(Array("Hold, please".utf8))
            try await stage.takeAndDrop(times: 1)
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "rejected")
            #expect(outcome.reason == "malformed")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
            #expect(letter.routingKey == "rejected.malformed")
        }
    }

    @Test func `what only waited when the bridge was killed is done in its order`() async throws {
        try await Self.run { stage, call in
            await stage.simulator.inject(Fault(.park, .after, method: "POST", path: "/me/calls/"))
            let operations = ["Hold", "StartCallRecording", "Retrieve", "MuteCall"]
            var ids: [String] = []
            for operation in operations { ids.append(try await stage.client.send(operation, call: call)) }
            // By the time that this one is done the bridge has noted those before it.
            let other = try await stage.simulator.ring(agent: "5001")
            let last = try await stage.client.send(
                members: #""operationName":"AttachUserData","userData":{"a":1}"#, call: other)
            _ = try await stage.client.outcome(of: last)
            try await stage.killAtParked()
            for id in ids {
                let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
                #expect(outcome.outcome == "confirmed", "\(outcome.message.text)")
            }
            #expect(
                await stage.scene.operations().filter { $0.path.hasSuffix(call) }.map(\.body)
                    == operations.map { #"{"operationName":"\#($0)"}"# })
        }
    }

    @Test func `what was accepted when the bridge was killed is confirmed, and not sent again`() async throws
    {
        try await Self.run(settings: ["commands.confirm-within": "30s"]) { stage, call in
            await stage.simulator.muteNotifications()
            let id = try await stage.client.send("Hold", call: call)
            try await stage.client.acceptance(of: id)
            try await stage.bridge.kill()
            try stage.bridge.start()
            let outcome = try await stage.client.outcome(of: id, within: .seconds(40))
            #expect(outcome.outcome == "confirmed")
            #expect(await stage.scene.operations().count == 1)
        }
    }

    /// With a call that the bridge has seen.
    private static func run(
        settings: [String: String] = [:],
        _ body: @Sendable (ProcessStage, String) async throws -> Void
    ) async throws {
        let standard = ["commands.confirm-within": "500ms", "gws.request-timeout": "60s"]
        try await ProcessStage.run(settings: standard.merging(settings) { $1 }) { stage in
            let call = try await stage.establishedCall()
            _ = try await stage.client.event("the call is established") {
                $0.properties.headers["gws-call-id"]?.string == call
                    && $0.properties.headers["gws-call-state"]?.string == "Established"
            }
            try await body(stage, call)
        }
    }
}

extension ProcessStage {
    /// Kills the bridge while GWS holds back what it asked for, and starts it again.
    fileprivate func killAtParked() async throws {
        try await eventually(within: .seconds(20), "GWS has it") { await simulator.parkedCount == 1 }
        try await bridge.kill()
        await simulator.releaseParked()
        try bridge.start()
    }
}
