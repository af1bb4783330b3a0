import AMQP
import GWSSimulator
import TestSupport
import Testing

/// What the broker takes from nobody must not keep all else from it.
struct PoisonTests {
    @Test
    func `an event that is larger than the broker allows is given up, and what comes behind it is published`()
        async throws
    {
        let node = try await PrivateBroker.start(configuration: "max_message_size = 20000")
        try await Stage.run(on: node) { stage in
            try await stage.simulator.pushAtOnce(["First", "Before", "Large", "Behind"])
            let event = try await stage.client.event("the one behind it") {
                $0.routingKey == "agent.5001.Behind"
            }
            #expect(event.properties.headers["gws-epoch"] != nil)
            try await eventually(within: .seconds(10), "it is counted") {
                stage.count("events_refused_total") == 1
            }
            // Others go on as well.
            let call = try await stage.establishedCall()
            _ = try await stage.client.event("a call's") { $0.routingKey == "call.\(call).StatusChange" }
            #expect(!stage.client.inbox.messages.contains { $0.routingKey == "agent.5001.Large" })
        }
    }

    /// RabbitMQ 3.10.8 closes the connection over such a name (541): any producer may send it.
    @Test func `a command whose reply cannot be routed costs its own reply and nothing else`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node) { stage in
            let call = try await stage.establishedCall()
            let poisoned = try await stage.client.send("Hold", call: call) {
                $0.replyTo = "amq.rabbitmq.reply-to.x.y"
            }
            let outcome = try await stage.client.outcome(of: poisoned)
            #expect(outcome.outcome == "confirmed")
            let next = try await stage.client.send("Retrieve", call: call)
            let reply = try await stage.client.finalReply(to: next)
            #expect(reply.outcome == "confirmed")
            // What was out when the connection ended may come twice.
            #expect(try Set(stage.client.outcomes(of: poisoned).map(\.outcome)) == ["accepted", "confirmed"])
        }
    }
}

extension Simulator {
    /// The first may be told alone; the others are told in one answer.
    fileprivate func pushAtOnce(_ types: [String]) throws {
        for type in types {
            let text = String(repeating: "x", count: type == "Large" ? 30_000 : 10)
            _ = try push(#"{"messageType":"\#(type)","text":"\#(text)"}"#, on: "/v2/me/odd", to: "5001")
        }
    }
}
