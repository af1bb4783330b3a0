import AMQP
import Bridge
import Testing

/// What the configuration of events asks of the broker.
struct EventTopologyTests {
    private func topology(_ configure: (inout BridgeConfiguration.Events) -> Void) -> BridgeTopology {
        var events = BridgeConfiguration.Events()
        configure(&events)
        return BridgeTopology(names: .sample, deliveryLimit: 10, events: events)
    }

    private func stream(age: Duration = .seconds(60), size: Int64 = 1 << 30) throws -> FieldTable {
        let topology = topology { events in
            var stream = BridgeConfiguration.Events.Stream()
            (stream.maxAge, stream.maxSize) = (age, size)
            events.stream = stream
        }
        return try #require(topology.queues.first { $0.name == "gws.events.stream" }).arguments
    }

    @Test func `without a word there is neither a stream nor an alternate exchange`() {
        let topology = topology { _ in }
        #expect(!topology.queues.contains { $0.name == "gws.events.stream" })
        #expect(topology.exchanges.first { $0.name == "gws.events" }?.arguments == [:])
        #expect(topology.foreignExchanges == [])
    }

    @Test func `the stream gets every event, and is bounded by age and size`() throws {
        #expect(
            try stream(age: .seconds(7 * 86_400), size: 10 << 30) == [
                "x-queue-type": "stream", "x-max-age": "604800s", "x-max-length-bytes": .int64(10 << 30),
                "x-stream-max-segment-size-bytes": 10_737_418,
            ])
        let bindings = topology { $0.stream = .init() }.bindings
        #expect(
            bindings.contains(
                Binding(source: "gws.events", destination: .queue("gws.events.stream"), routingKey: "#")))
    }

    @Test(arguments: [
        (Duration.seconds(1), "1s"), (.seconds(36 * 3600), "129600s"), (.milliseconds(1500), "2s"),
        (.seconds(315_360_000), "315360000s"),
    ])
    func `no age is lost between the units`(age: Duration, text: String) throws {
        #expect(try stream(age: age)["x-max-age"] == .string(text))
    }

    /// The broker drops whole segments.
    @Test(arguments: [
        (Int64(1), Int64(65_536)), (1 << 20, 65_536), (1 << 30, 1_073_741), (1 << 50, 500_000_000),
    ])
    func `a segment is a small part of the stream`(size: Int64, segment: Int64) throws {
        #expect(try stream(size: size)["x-stream-max-segment-size-bytes"] == .int64(segment))
    }

    @Test func `the alternate exchange is referred to, and is the operator's`() {
        let topology = topology { $0.alternateExchange = "unheard" }
        #expect(
            topology.exchanges.first { $0.name == "gws.events" }?.arguments == [
                "alternate-exchange": "unheard"
            ])
        #expect(topology.foreignExchanges == ["unheard"])
        #expect(!topology.exchanges.contains { $0.name == "unheard" })
    }

    @Test(arguments: [
        (
            "PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'gws.events' in vhost '/'",
            "put events.alternate-exchange back"
        ),
        (
            "PRECONDITION_FAILED - inequivalent arg 'x-max-age' for queue 'gws.events.stream' in vhost '/'",
            "put events.stream.max-age and max-size back"
        ),
        (
            "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'gws.commands' in vhost '/'",
            "delete it once it is empty"
        ),
        (
            "PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'gws.commands' in vhost '/'",
            "delete it once it is empty"
        ),
    ])
    func `what cannot be changed is said with what can be done`(text: String, remedy: String) throws {
        let error = AMQPError.channelClosed(code: 406, text: text, method: nil)
        let failure = try #require(BridgeFailure(error, names: "gws.*"))
        #expect(failure.exitCode == 78)
        #expect(failure.description.contains(remedy))
    }
}
