import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// What GWS took is told to be done when it was seen to be done.
struct ConfirmationTests {
    @Test(arguments: [ReplyOrder.replyFirst, .eventFirst])
    func `an outcome names the event that confirmed it, whichever came first`(order: ReplyOrder) async throws
    {
        var site = SimulatorConfiguration()
        site.replyOrder = order
        site.replyGap = .milliseconds(200)
        try await Stage.run(simulator: site) { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            let id = try await stage.client.send("StartCallRecording", call: call)
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.outcome == "confirmed")
            #expect(outcome.confirmedBy == "event")
            #expect(outcome.json["confirmedBy"]?["notificationType"]?.string == "CallRecordingStateChange")
            #expect(outcome.json["attempts"]?.int == 1)
            #expect(outcome.isAlready == false)
            let event = try await stage.client.event("the recording's event") {
                $0.properties.type == "CallRecordingStateChange"
            }
            #expect(outcome.confirmingEvent == event.properties.messageID)
            if order == .replyFirst {
                #expect(event.properties.headers["gws-caused-by"]?.string == id)
            }
        }
    }

    @Test func `an event that confirms nothing names no command`() async throws {
        try await Stage.run { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            let id = try await stage.client.send("Hold", call: call)
            _ = try await stage.client.outcome(of: id)
            try await stage.simulator.update(call: call, userData: #"{"a":1}"#)
            let event = try await stage.client.event("the user data's event") {
                $0.properties.type == "AttachedDataChanged"
            }
            #expect(event.properties.headers["gws-caused-by"] == nil)
        }
    }

    @Test func `where no notification comes the call is read`() async throws {
        try await Self.run { stage, call in
            await stage.simulator.muteNotifications()
            let outcome = try await stage.client.outcome(of: stage.client.send("Hold", call: call))
            #expect(outcome.outcome == "confirmed")
            #expect(outcome.confirmedBy == "reading")
            #expect(outcome.isAlready == false)
        }
    }

    @Test func `what stood so before is confirmed, and said to have stood so`() async throws {
        try await Self.run { stage, call in
            let members = #""operationName":"UpdateUserData","userData":{"a":1}"#
            for isAlready in [false, true] {
                let id = try await stage.client.send(members: members, call: call)
                let outcome = try await stage.client.outcome(of: id)
                #expect(outcome.outcome == "confirmed")
                #expect(outcome.isAlready == isAlready)
            }
        }
    }

    @Test(arguments: [Fault.Moment.before, .after], [false, true])
    func `a cut command is done once, whether GWS had done it or not, and whether it was told or not`(
        moment: Fault.Moment, isMute: Bool
    ) async throws {
        try await Self.run { stage, call in
            await stage.simulator.inject(Fault(.cut, moment, method: "POST", body: "Hold"))
            await stage.simulator.muteNotifications(isMute)
            let outcome = try await stage.client.outcome(of: stage.client.send("Hold", call: call))
            #expect(outcome.outcome == "confirmed", "\(outcome.message.text)")
            #expect(await stage.scene.operations().count { $0.body.contains("Hold") && $0.executed } == 1)
            #expect(outcome.json["attempts"]?.int == (moment == .before ? 2 : 1))
        }
    }

    @Test func `an answer that comes too late is no reason to do it again`() async throws {
        try await Self.run { stage, call in
            await stage.simulator.inject(
                Fault(.delay(.seconds(2)), .after, method: "POST", body: "AttachUserData"))
            let members = #""operationName":"AttachUserData","userData":{"a":1}"#
            let id = try await stage.client.send(members: members, call: call)
            #expect(try await stage.client.outcome(of: id).outcome == "confirmed")
            #expect(await stage.scene.operations().count { $0.body.contains("AttachUserData") } == 1)
        }
    }

    @Test func `a command may say how long to wait for its change`() async throws {
        try await Stage.run {
            $0.commands.confirmWithin = .seconds(60)
        } _: { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            await stage.simulator.inject(Fault(.ignore, body: "Hold"))
            let id = try await stage.client.send("Hold", call: call) {
                $0.headers["gws-confirm-within"] = 100
            }
            let outcome = try await stage.client.outcome(of: id, within: .seconds(20))
            #expect(outcome.outcome == "unconfirmed")
        }
    }

    /// With little time for everything, and a call of 5001 that the bridge has seen.
    private static func run(_ body: @Sendable (Stage, String) async throws -> Void) async throws {
        try await Stage.run {
            $0.commands.confirmWithin = .milliseconds(500)
            $0.server.requestTimeout = .seconds(1)
        } _: { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            try await stage.whenEstablished(call, of: "5001")
            try await body(stage, call)
        }
    }
}
