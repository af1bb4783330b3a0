import AMQP
import Bridge
import GWSSimulator
import TestSupport
import Testing

/// The stream of events behind a bridge whose broker goes away.
struct EventStreamTests {
    @Test(.timeLimit(.minutes(4)))
    func `the stream has every event, also of the time when the broker was away, in order`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node, hearing: [], configure: Self.keepEvents) { stage in
            try await Self.passCalls(10, on: stage)
            try await node.stop()
            try await Self.passCalls(10, on: stage)
            try await node.start()
            let last = try await Self.passCalls(10, on: stage)
            let events = try await within(.seconds(90), "the last event is in the stream") {
                try await Self.events(of: stage, until: last)
            }
            let epochs = Set(events.compactMap { $0.properties.headers["gws-epoch"]?.string })
            #expect(epochs.count == 1)
            // What was on its way when the broker went may be there twice, with the same id.
            var ids: Set<String> = []
            let sequences =
                events
                .filter { $0.properties.messageID.map { ids.insert($0).inserted } ?? true }
                .compactMap { $0.properties.headers["gws-sequence"]?.int }
            #expect(sequences == Array(1...Int64(sequences.count)))
            #expect(sequences.count > 90)
        }
    }

    private static func keepEvents(_ configuration: inout BridgeConfiguration) {
        configuration.events.stream = .init()
    }

    /// Calls that ring, are answered and end.
    ///
    /// - Returns: the last of them.
    @discardableResult
    private static func passCalls(_ count: Int, on stage: Stage) async throws -> String {
        var last = ""
        for _ in 0..<count {
            last = try await stage.simulator.ring(agent: "5001")
            try await stage.simulator.answer(call: last)
            await stage.simulator.end(call: last)
        }
        return last
    }

    /// All that the stream has, up to the end of a call.
    private static func events(of stage: Stage, until call: String) async throws -> [AMQPMessage] {
        while true {
            do {
                return try await AMQPConnection.withConnection(
                    to: stage.node.broker(), name: "reader", logger: .silent
                ) { link in
                    let consumer = try await link.consume(
                        "\(stage.prefix).events.stream", prefetch: 200,
                        arguments: ["x-stream-offset": "first"])
                    var events: [AMQPMessage] = []
                    for try await batch in consumer {
                        events += batch.map(\.message)
                        for delivery in batch { delivery.acknowledge() }
                        if events.contains(where: { $0.isTheEnd(of: call) }) { return events }
                    }
                    return events
                }
            } catch let error as AMQPError where error.remedy == .tryAgain {
                // The stream is up a little later than the broker.
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}

extension AMQPMessage {
    fileprivate func isTheEnd(of call: String) -> Bool {
        properties.headers["gws-call-id"]?.string == call
            && properties.headers["gws-call-state"]?.string == "Released"
    }
}
