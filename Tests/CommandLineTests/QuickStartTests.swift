import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

/// What `QuickStart.md` shows does what it says, word for word.
@Suite(.timeLimit(.minutes(3)))
struct QuickStartTests {
    /// For what may have to compile itself first.
    private static let patience = Duration.seconds(60)
    private static let call = "00RV9H7S6O8V3BSHAG7GK2LAES00002M"

    @Test(arguments: [QuickStart.Role.producer, .consumer])
    func `what is shown in Swift is what is built`(role: QuickStart.Role) throws {
        let file = "Tests/QuickStart/\(role.rawValue.capitalized)/main.swift"
        #expect(try QuickStart(role, in: .swift).source == Repository.text(file))
    }

    @Test(arguments: QuickStart.Language.allCases)
    func `a producer prints the outcome of its command`(language: QuickStart.Language) async throws {
        let broker = try await PrivateBroker.shared
        try await withBridge { running in
            let call = try await running.establishedCall()
            let producer = try QuickStart(.producer, in: language).run(
                on: broker, ["gws.": "\(running.prefix).", Self.call: call])
            let ended = try await producer.ended(within: Self.patience)
            #expect(ended.code == 0, "\(ended.error)")
            #expect(ended.output.hasPrefix("confirmed {"), "\(ended.output)")
            #expect(ended.output.contains("\"callId\":\"\(call)\""))
            #expect(await running.simulator.requests().count { $0.body.contains("StartCallRecording") } == 1)
        }
    }

    @Test(arguments: QuickStart.Language.allCases)
    func `a producer says that its command came back`(language: QuickStart.Language) async throws {
        let broker = try await PrivateBroker.shared
        let prefix = uniqueName("unbound")
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "\(prefix).commands", kind: .topic))
        }
        let producer = try QuickStart(.producer, in: language).run(on: broker, ["gws.": "\(prefix)."])
        let ended = try await producer.ended(within: Self.patience)
        #expect(ended.code == 0, "\(ended.error)")
        #expect(ended.output.hasPrefix("returned: no queue takes it"), "\(ended.output)")
    }

    @Test(arguments: QuickStart.Language.allCases)
    func `a consumer prints each event once, and where some may be missing`(language: QuickStart.Language)
        async throws
    {
        let broker = try await PrivateBroker.shared
        try await withBridge { running in
            let call = try await running.establishedCall()
            let queue = uniqueName("quick-start")
            let consumer = try QuickStart(.consumer, in: language).run(
                on: broker, ["gws.": "\(running.prefix).", "recorder.events": queue])
            try await consumer.prints("waiting for call.*.CallRecordingStateChange", within: Self.patience)
            try await withLink(to: broker) { link in
                let copies = uniqueName("copies")
                _ = try await link.declare(Queue(name: copies))
                try await link.bind(
                    Binding(
                        source: "\(running.prefix).events", destination: .queue(copies),
                        routingKey: "call.\(call).#"))
                let events = try await link.consume(copies, prefetch: 10)
                #expect(try await running.send("StartCallRecording", "--call", call).code == 0)
                let key = "call.\(call).CallRecordingStateChange"
                try await consumer.prints("\(key) Recording ")
                var message = try await Self.first(of: events)
                #expect(message.routingKey == key)
                (message.exchange, message.routingKey) = ("", queue)
                #expect(await link.publish([message, message]) == [.confirmed, .confirmed])
                #expect(try await running.send("StopCallRecording", "--call", call).code == 0)
                try await consumer.prints("\(key) Stopped ")
                await running.simulator.forgetClients()
                try await consumer.prints("gap: events may be missing: {\"agent\":\"5001\",")
                consumer.signal(SIGKILL)
                let lines = try await consumer.ended().output.split(separator: "\n")
                #expect(lines.count { $0.hasPrefix("\(key) Recording ") } == 1)
                #expect(lines.count == 4)
                try await eventually(within: .seconds(20), "the broker has missed it") {
                    let status = try await link.declare(
                        Queue(name: queue, arguments: ["x-queue-type": "quorum"]), passively: true)
                    return status.consumers == 0
                }
                // What it had acknowledged does not come back; it may have been ended before it did so to the last.
                let type = try await link.get(queue)?.message.properties.type
                #expect(type == nil || type == "Gap")
                try await link.delete(queue: queue)
                try await link.delete(queue: copies)
            }
        }
    }

    private static func first(of events: Consumer) async throws -> AMQPMessage {
        for try await batch in events { if let event = batch.first { return event.message } }
        throw AMQPError.closed
    }
}
