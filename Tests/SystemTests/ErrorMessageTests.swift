import AMQP
import Bridge
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// An ErrorMessage says that something failed after it had been accepted, and seldom what.
struct ErrorMessageTests {
    /// GWS was seen to send such ones.
    private static let nameless = #"{"messageType":"ErrorMessage","errorMessage":"Not now"}"#

    @Test func `an error that names the call refuses the command that it is about`() async throws {
        try await Self.run { stage, calls in
            let another = try await stage.scene.calls(1, of: ["5001"])[0].id
            await stage.simulator.inject(Fault(.ignore, body: "StartCallRecording"))
            let innocent = try await stage.client.send("StartCallRecording", call: calls[0])
            try await stage.client.acceptance(of: innocent)
            await stage.simulator.inject(Fault(.failLater(message: "Invalid state"), body: "Hold"))
            let failed = try await stage.client.send("Hold", call: another)
            let outcome = try await stage.client.outcome(of: failed)
            #expect(outcome.outcome == "refused")
            #expect(outcome.reason == "error-message")
            #expect(outcome.json["detail"]?.string == "Invalid state", "\(outcome.message.text)")
            #expect(try await stage.client.outcome(of: innocent).outcome == "unconfirmed")
        }
    }

    @Test func `an error that names nothing refuses the only command that waits`() async throws {
        try await Self.run { stage, calls in
            await stage.simulator.inject(Fault(.ignore, body: "Hold"))
            let id = try await stage.client.send("Hold", call: calls[0])
            try await stage.client.acceptance(of: id)
            try await stage.simulator.push(Self.nameless, on: "/v2/me/calls", to: "5001")
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.outcome == "refused")
            #expect(outcome.reason == "error-message")
        }
    }

    @Test func `an error that names nothing refuses none of two`() async throws {
        try await Self.run { stage, calls in
            await stage.simulator.inject(Fault(.ignore, path: "/me/calls/", times: 2))
            let ids = [
                try await stage.client.send("Hold", call: calls[0]),
                try await stage.client.send("StartCallRecording", call: calls[0]),
            ]
            for id in ids { try await stage.client.acceptance(of: id) }
            try await stage.simulator.push(Self.nameless, on: "/v2/me/calls", to: "5001")
            for id in ids {
                let outcome = try await stage.client.outcome(of: id)
                #expect(outcome.outcome == "unconfirmed")
                #expect(outcome.reason == "no-change")
            }
        }
    }

    @Test func `an error of one agent refuses no command of another`() async throws {
        try await Self.run { stage, calls in
            await stage.simulator.inject(Fault(.ignore, body: "Hold"))
            let id = try await stage.client.send("Hold", call: calls[0])
            try await stage.client.acceptance(of: id)
            try await stage.simulator.push(Self.nameless, on: "/v2/me/calls", to: "5002")
            #expect(try await stage.client.outcome(of: id).outcome == "unconfirmed")
        }
    }

    /// With a call of 5001 and one of 5002.
    private static func run(_ body: @Sendable (Stage, [String]) async throws -> Void) async throws {
        try await Stage.run(agents: ["5001", "5002"]) {
            $0.commands.confirmWithin = .seconds(2)
        } _: { stage in
            let calls = try await stage.scene.calls(1, of: ["5001", "5002"])
            for call in calls { try await stage.whenEstablished(call.id, of: call.agent) }
            try await body(stage, calls.map(\.id))
        }
    }
}
