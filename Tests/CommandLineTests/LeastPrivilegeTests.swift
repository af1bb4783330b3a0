import AMQP
import Foundation
import TestSupport
import Testing

/// What `Security.md` permits is enough, and not more.
@Suite(.timeLimit(.minutes(3)))
struct LeastPrivilegeTests {
    @Test func `who declares needs no more than the page says, on a broker that has nothing yet`()
        async throws
    {
        let permissions = try await BrokerPermissions(on: .shared)
        let url = try await permissions.url(of: "bridge")
        try await withBridge(configuration: "events.stream.enabled: true", at: url) { running in
            try await Self.work(running, asSeenBy: try await permissions.administrator())
        }
        try await permissions.delete()
    }

    @Test func `who only checks needs no more than the page says`() async throws {
        let permissions = try await BrokerPermissions(on: .shared)
        let administrator = try await permissions.administrator()
        try await withBridge(at: administrator) { _ in }
        let url = try await permissions.url(of: "checking-bridge")
        try await withBridge(configuration: "amqp.topology: check", at: url) { running in
            try await Self.work(running, asSeenBy: administrator)
            try await Self.expectRefusal(of: url, "to delete a queue") {
                try await $0.delete(queue: "gws.outcomes")
            }
            try await Self.expectRefusal(of: url, "to read dead letters") {
                _ = try await $0.get("gws.dead-letters")
            }
        }
        try await permissions.delete()
    }

    @Test func `a producer sends commands and hears the answers, and that is all`() async throws {
        let permissions = try await BrokerPermissions(on: .shared)
        try await withBridge(at: try await permissions.administrator()) { running in
            let call = try await running.establishedCall()
            let url = try await permissions.url(of: "producer", withTopics: true)
            let environment = ["GWS_BRIDGE_AMQP_URL": url]
            let sent = try await Program.run(
                "send", "Hold", "--agent", "5001", "--call", call, environment: environment)
            #expect(sent.output.hasPrefix("confirmed Hold"), "\(sent.error)")
            try await Self.expectRefusal(of: url, "to read dead letters") {
                _ = try await $0.get("gws.dead-letters")
            }
            for (exchange, key) in [
                ("gws.events", "call.1.StatusChange"), ("gws.outcomes", "call.1.Hold.confirmed"),
                ("", "gws.dead-letters"), ("", "gws.commands"), ("gws.commands", "something.else"),
            ] {
                try await Self.expectRefusal(of: url, "to publish \(key) to \"\(exchange)\"") {
                    try await Self.publish(to: exchange, key, over: $0)
                }
            }
            try await Self.expectRefusal(of: url, "to declare a queue") {
                _ = try await $0.declare(Queue(name: "gws.mine"))
            }
        }
        try await permissions.delete()
    }

    @Test func `a consumer hears the events that it may bind to, and that is all`() async throws {
        let permissions = try await BrokerPermissions(on: .shared)
        try await withBridge(at: try await permissions.administrator()) { running in
            let url = try await permissions.url(of: "recorder", withTopics: true)
            let queue = Queue(name: "recorder.events", arguments: ["x-queue-type": "quorum"])
            try await withLink(to: url) { link in
                _ = try await link.declare(queue)
                for key in ["call.*.CallRecordingStateChange", "session.*.Gap"] {
                    try await link.bind(
                        Binding(source: "gws.events", destination: .queue(queue.name), routingKey: key))
                }
                let events = try await link.consume(queue.name, prefetch: 10)
                let call = try await running.establishedCall()
                #expect(try await running.send("StartCallRecording", "--call", call).code == 0)
                let event = try await within(.seconds(20), "an event") { try await events.first() }
                #expect(event?.routingKey == "call.\(call).CallRecordingStateChange")
            }
            try await Self.expectRefusal(of: url, "to publish a command") {
                try await Self.publish(to: "gws.commands", "command.5001.Hold", over: $0)
            }
            try await Self.expectRefusal(of: url, "to read commands") { _ = try await $0.get("gws.commands") }
            try await Self.expectRefusal(of: url, "to bind to all events") {
                try await $0.bind(
                    Binding(source: "gws.events", destination: .queue(queue.name), routingKey: "#"))
            }
            try await Self.expectRefusal(of: url, "to declare a queue of another name") {
                _ = try await $0.declare(Queue(name: "gws.mine"))
            }
        }
        try await permissions.delete()
    }

    /// Has a command confirmed, an event published and a command put aside.
    private static func work(_ running: Running, asSeenBy administrator: String) async throws {
        try await withLink(to: administrator) { link in
            let queue = try await link.declare(
                Queue(name: "", durable: false, exclusive: true, autoDelete: true)
            ).name
            try await link.bind(
                Binding(
                    source: "gws.events", destination: .queue(queue),
                    routingKey: "call.*.CallRecordingStateChange"))
            let events = try await link.consume(queue, prefetch: 10)
            let letters = try await link.consume("gws.dead-letters", prefetch: 10)
            let call = try await running.establishedCall()
            // The bridge's own user is no producer.
            let environment = ["GWS_BRIDGE_AMQP_URL": administrator]
            let sent = try await Program.run(
                "send", "StartCallRecording", "--call", call, "--agent", "5001", environment: environment)
            #expect(sent.output.hasPrefix("confirmed StartCallRecording"), "\(sent.error)")
            let event = try await within(.seconds(20), "the event") { try await events.first() }
            #expect(event?.properties.headers["gws-call-id"]?.string == call)
            let wrong = try await Program.run(
                "send", "NoSuchOperation", "--agent", "5001", environment: environment)
            #expect(wrong.output.hasPrefix("rejected NoSuchOperation"), "\(wrong.error)")
            let letter = try await within(.seconds(20), "the dead letter") { try await letters.first() }
            #expect(letter?.routingKey == "rejected.unknown-operation")
        }
        running.bridge.signal(SIGTERM)
        let log = try await running.bridge.ended().error
        #expect(log.contains("Consuming commands"))
        #expect(!log.contains("does not permit") && !log.contains("ACCESS_REFUSED"), "\(log)")
    }

    private static func publish(to exchange: String, _ key: String, over link: AMQPConnection) async throws {
        let message = AMQPMessage(exchange: exchange, routingKey: key, body: Array("{}".utf8))
        if case .failed(let error) = await link.publish(message) { throw error }
    }

    private static func expectRefusal(
        of url: String, _ what: Comment, _ body: (AMQPConnection) async throws -> Void
    ) async throws {
        try await withLink(to: url) { link in
            do {
                try await body(link)
                Issue.record(what)
            } catch AMQPError.channelClosed(403, _, _) {}
        }
    }
}

extension Consumer {
    /// Acknowledges it.
    fileprivate func first() async throws -> AMQPMessage? {
        for try await batch in self {
            for delivery in batch { delivery.acknowledge() }
            if let delivery = batch.first { return delivery.message }
        }
        return nil
    }
}
