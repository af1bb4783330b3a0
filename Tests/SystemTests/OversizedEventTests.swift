import AMQP
import GWSSimulator
import TestSupport
import Testing

/// An event that the broker takes from nobody must not keep the others from it.
struct OversizedEventTests {
    @Test
    func `an event that is larger than the broker allows is given up, and what comes behind it is published`()
        async throws
    {
        let node = try await PrivateBroker.start(configuration: "max_message_size = 20000")
        try await Stage.run(on: node) { stage in
            let large = #"{"messageType":"Large","text":"\#(String(repeating: "x", count: 30_000))"}"#
            _ = try await stage.simulator.push(large, on: "/v2/me/odd", to: "5001")
            _ = try await stage.simulator.push(#"{"messageType":"Small"}"#, on: "/v2/me/odd", to: "5001")
            let event = try await stage.client.event("the one behind it") {
                $0.routingKey == "agent.5001.Small"
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
}
