import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// A stream and an alternate exchange as a bridge makes them on a real broker, and what it says where it cannot.
@Suite struct EventTopologyOnBrokerTests {
    @Test func `what a bridge published is in the stream, which has age and size`() async throws {
        let yaml = "events.stream: {enabled: true, max-age: 36h, max-size: 64MiB}"
        try await withBridge(configuration: yaml) { running in
            let call = try await running.establishedCall()
            let events = ["tail", "call.\(call).#", "--from", "first", "--count", "2", "--json"]
            let ended = try await Program(events, environment: running.environment).ended()
            #expect(
                try EventStream.lines(ended).map(\.key) == [
                    "call.\(call).StatusChange", "call.\(call).StatusChange",
                ])
            let queues = try await PrivateBroker.shared.control("list_queues", "name", "arguments")
            let stream = try #require(
                queues.split(separator: "\n").first { $0.hasPrefix("\(running.prefix).events.stream\t") })
            for argument in [
                #""x-queue-type","stream""#, #""x-max-age","129600s""#, #""x-max-length-bytes",67108864"#,
                #""x-stream-max-segment-size-bytes",67108"#,
            ] {
                #expect(stream.contains(argument), "\(argument) in \(stream)")
            }
        }
    }

    @Test func `the alternate exchange gets the events that no queue is bound for`() async throws {
        let broker = try await PrivateBroker.shared
        let unheard = uniqueName("unheard")
        try await declare(unheard, on: broker, boundTo: unheard)
        try await withBridge(configuration: "events.alternate-exchange: \(unheard)") { running in
            try await withLink(to: broker) { link in
                _ = try await link.declare(Queue(name: "\(running.prefix).heard"))
                try await link.bind(
                    Binding(
                        source: "\(running.prefix).events", destination: .queue("\(running.prefix).heard"),
                        routingKey: "call.#"))
            }
            let call = try await running.establishedCall()
            await running.simulator.end(call: call)
            try await withLink(to: broker) { link in
                let started = try await link.get(unheard)
                #expect(started?.message.routingKey == "session.5001.Started")
                #expect(started?.message.exchange == "\(running.prefix).events")
                try await eventually(within: .seconds(20), "the call's events are heard") {
                    try await link.declare(Queue(name: "\(running.prefix).heard"), passively: true).messages
                        >= 3
                }
                while let delivery = try await link.get(unheard) {
                    #expect(!delivery.message.routingKey.hasPrefix("call."))
                    delivery.acknowledge()
                }
            }
        }
    }

    @Test func `an alternate exchange that is not there ends the bridge before anything is declared for it`()
        async throws
    {
        let prefix = uniqueName("missing")
        let ended = try await run(prefix, ["EVENTS_ALTERNATE_EXCHANGE": "\(prefix).unheard"])
        #expect(ended.code == 78)
        #expect(ended.error.contains("events.alternate-exchange names \(prefix).unheard"))
        let exchanges = try await PrivateBroker.shared.control("list_exchanges", "name")
        #expect(!exchanges.contains(prefix))
    }

    @Test(arguments: [
        ["EVENTS_ALTERNATE_EXCHANGE": "amq.fanout"], [:], ["EVENTS_ALTERNATE_EXCHANGE": "amq.topic"],
    ])
    func `another alternate exchange ends the bridge with what can be done`(second: [String: String])
        async throws
    {
        let prefix = uniqueName("changed")
        let first =
            second == ["EVENTS_ALTERNATE_EXCHANGE": "amq.fanout"]
            ? [:]
            : [
                "EVENTS_ALTERNATE_EXCHANGE": "amq.fanout"
            ]
        try await declareByRunning(prefix, first)
        let ended = try await run(prefix, second)
        #expect(ended.code == 78)
        #expect(ended.error.contains("put events.alternate-exchange back"))
        let checked = try await Program.run(
            "check", "--json", environment: try await environment(prefix, second))
        #expect(checked.code == 2)
        #expect(checked.output.contains("put events.alternate-exchange back"))
    }

    @Test func `another age of the stream ends the bridge with what can be done`() async throws {
        let prefix = uniqueName("changed")
        try await declareByRunning(prefix, ["EVENTS_STREAM_ENABLED": "true"])
        let ended = try await run(
            prefix, ["EVENTS_STREAM_ENABLED": "true", "EVENTS_STREAM_MAX_AGE": "1d"])
        #expect(ended.code == 78)
        #expect(ended.error.contains("put events.stream.max-age and max-size back"))
    }

    @Test func `a stream that is only to be looked for must be there`() async throws {
        let prefix = uniqueName("checked")
        try await declareByRunning(prefix, [:])
        let check = ["EVENTS_STREAM_ENABLED": "true", "AMQP_TOPOLOGY": "check"]
        let ended = try await run(prefix, check)
        #expect(ended.code == 78)
        #expect(ended.error.contains("\(prefix).events.stream"))
        try await declareByRunning(prefix, ["EVENTS_STREAM_ENABLED": "true"])
        try await declareByRunning(prefix, check)
    }

    @Test func `the check says that a stream leaves nothing for the alternate exchange`() async throws {
        let prefix = uniqueName("both")
        let both = ["EVENTS_ALTERNATE_EXCHANGE": "amq.fanout", "EVENTS_STREAM_ENABLED": "true"]
        let ended = try await Program.run("check", environment: try await environment(prefix, both))
        #expect(ended.output.contains("will get no events: the stream is bound for all of them"))
    }

    @Test func `the check sees whether the stream may be declared, be it there or not`() async throws {
        let prefix = uniqueName("seen")
        let stream = ["EVENTS_STREAM_ENABLED": "true"]
        for isThere in [false, true] {
            if isThere { try await declareByRunning(prefix, stream) }
            let ended = try await Program.run("check", environment: try await environment(prefix, stream))
            let line = try #require(ended.output.split(separator: "\n").first { $0.contains("to declare:") })
            #expect(line.hasPrefix("ok "), "\(line)")
            #expect(line.contains("\(prefix).events.stream"))
        }
    }

    // MARK: - A bridge with a broker and no GWS

    private func environment(_ prefix: String, _ settings: [String: String]) async throws -> [String: String]
    {
        let settings = settings.merging([
            "AMQP_URL": try await PrivateBroker.shared.url, "GWS_URL": "http://127.0.0.1:1", "PREFIX": prefix,
            "AGENT": "5001", "AGENT_PASSWORD": "secret", "CONSOLE_PORT": "0",
        ]) { $1 }
        return Dictionary(uniqueKeysWithValues: settings.map { ("GWS_BRIDGE_\($0)", $1) })
    }

    private func run(_ prefix: String, _ settings: [String: String]) async throws -> Program.Ended {
        try await Program.run("run", environment: try await environment(prefix, settings))
    }

    /// Runs a bridge until it has what it wants on the broker.
    private func declareByRunning(_ prefix: String, _ settings: [String: String]) async throws {
        let bridge = try Program("run", environment: try await environment(prefix, settings))
        try await bridge.prints("Consuming commands")
        bridge.signal(SIGTERM)
        #expect(try await bridge.ended().code == 0)
    }

    private func declare(_ exchange: String, on broker: PrivateBroker, boundTo queue: String) async throws {
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: exchange, kind: .fanout))
            _ = try await link.declare(Queue(name: queue))
            try await link.bind(Binding(source: exchange, destination: .queue(queue)))
        }
    }
}
