import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct MainPathTests {
    @Test func `a command is POSTed and answered, and what it did is published byte for byte`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let seen = await stage.simulator.notifications().last?.sequence ?? 0

            let id = try await stage.client.send("StartCallRecording", call: call)

            let reply = try await stage.client.reply(to: id)
            #expect(reply.outcome == "confirmed")
            #expect(reply.json["final"]?.bool == true)
            #expect(reply.json["commandId"]?.string == id)
            #expect(reply.json["httpStatus"]?.int == 200)
            #expect(reply.json["attempts"]?.int == 1)
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.message.body == reply.message.body)
            #expect(outcome.message.routingKey == "call.\(call).StartCallRecording.confirmed")

            let posted = try #require(await stage.operations().last)
            #expect(posted.path == "/api/v2/me/calls/\(call)")
            #expect(posted.body == #"{"operationName":"StartCallRecording"}"#)
            #expect(posted.agent == "5001")

            let emitted = try await stage.simulator.notification(after: seen) {
                $0.type == "CallRecordingStateChange"
            }
            let event = try await stage.client.event("the recording's event") {
                $0.routingKey == "call.\(call).CallRecordingStateChange"
            }
            #expect(String(decoding: event.body, as: UTF8.self) == emitted.message)
            let headers = event.properties.headers
            #expect(event.properties.type == "CallRecordingStateChange")
            #expect(headers["gws-call-id"]?.string == call)
            #expect(headers["gws-agent"]?.string == "5001")
            #expect(headers["gws-recording-state"]?.string == "Recording")
            #expect(headers["gws-call-state"]?.string == "Established")
            #expect(headers["gws-origin"]?.string == "live")
            #expect(event.properties.messageID?.hasPrefix("5001/") == true)
        }
    }

    @Test func `a subscriber hears only what it is bound to`() async throws {
        try await Stage.run { stage in
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "recording", logger: .silent
            ) { connection in
                let queue = try await connection.declare(Queue(name: "", durable: false, exclusive: true))
                    .name
                try await connection.bind(
                    Binding(
                        source: "\(stage.prefix).events", destination: .queue(queue),
                        routingKey: "call.*.CallRecordingStateChange"))
                let consumer = try await connection.consume(queue, prefetch: 10)
                let call = try await stage.establishedCall()
                for operation in ["StartCallRecording", "Hold", "StopCallRecording"] {
                    let id = try await stage.client.send(operation, call: call)
                    _ = try await stage.client.outcome(of: id)
                }
                var states: [String?] = []
                for try await batch in consumer {
                    states += batch.map { $0.message.properties.headers["gws-recording-state"]?.string }
                    if states.count >= 2 { break }
                }
                #expect(states == ["Recording", "Stopped"])
            }
        }
    }

    @Test func `every event of an agent is numbered without a hole, the session's own words first`()
        async throws
    {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            for operation in ["Hold", "Retrieve", "Hangup"] {
                _ = try await stage.client.outcome(of: stage.client.send(operation, call: call))
            }
            _ = try await stage.client.event("the call's end") {
                $0.properties.headers["gws-call-state"]?.string == "Released"
            }
            let sequences = stage.client.events.compactMap { $0.properties.headers["gws-sequence"]?.int }
            // The client begins to listen while the session does: Started, Gap, the device, Resynced.
            let first = try #require(sequences.first)
            let firstOfCall = stage.client.events.first {
                $0.properties.headers["gws-call-sequence"] != nil
            }
            #expect(firstOfCall?.properties.headers["gws-sequence"]?.int == 5)
            #expect(first <= 5)
            #expect(sequences == Array(first..<(first + Int64(sequences.count))))
            let ofCall = stage.client.events.compactMap { $0.properties.headers["gws-call-sequence"]?.int }
            #expect(ofCall == Array(1...Int64(ofCall.count)))
        }
    }

    @Test func `agents go side by side, each with its own session`() async throws {
        try await Stage.run(agents: ["5001", "5002", "5003"]) { stage in
            for agent in ["5001", "5002", "5003"] {
                let call = try await stage.establishedCall(agent: agent)
                let id = try await stage.client.send("StartCallRecording", agent: agent, call: call)
                #expect(try await stage.client.outcome(of: id).outcome == "confirmed")
                let event = try await stage.client.event("the recording at \(agent)") {
                    $0.routingKey == "call.\(call).CallRecordingStateChange"
                }
                #expect(event.properties.headers["gws-agent"]?.string == agent)
            }
            let posted = await stage.operations().map(\.agent)
            #expect(Set(posted) == ["5001", "5002", "5003"])
        }
    }
}
