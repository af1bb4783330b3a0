import AMQP
import TestSupport
import Testing

@testable import gws_bridge

struct TopicPatternTests {
    @Test(arguments: [
        ("#", "call.1.StatusChange"), ("#", ""), ("call.#", "call.1.StatusChange"), ("call.#", "call"),
        ("call.*.StatusChange", "call.1.StatusChange"), ("#.Gap", "session.5001.Gap"), ("#.Gap", "Gap"),
        ("call.#.refused", "call.1.Hold.refused"), ("call.#.refused", "call.refused"), ("#.#", ""),
        ("*.*", "."), ("*", "call"), ("", ""), ("#.a.#.a", "a.b.a.a"), ("#.*", "a.b"),
    ])
    func `a star is one word, and a hash any number`(pattern: String, key: String) {
        #expect(TopicPattern(pattern).matches(key))
    }

    @Test(arguments: [
        ("call.*", "call.1.StatusChange"), ("call.*", "call"), ("*", ""), ("", "call"), ("call", "calls"),
        ("call.#", "device.1"), ("#.a", "a.b"), ("*.#", ""), ("ca*", "call"), ("call.1", "call.1."),
        ("Call.#", "call.1"), ("#.a.#.a", "a.b"),
    ])
    func `what does not match does not`(pattern: String, key: String) {
        #expect(!TopicPattern(pattern).matches(key))
    }

    @Test func `no pattern takes long`() {
        let key = Array(repeating: "a", count: 2_000).joined(separator: ".")
        let pattern = TopicPattern(Array(repeating: "#.a", count: 500).joined(separator: ".") + ".b")
        let took = ContinuousClock().measure { #expect(!pattern.matches(key)) }
        #expect(took < .seconds(10))
    }

    @Test func `it matches what the broker matches`() async throws {
        let broker = try await PrivateBroker.shared
        let exchange = uniqueName("topic")
        let patterns = [
            "#", "*", "", "a", "a.#", "#.a", "a.*", "*.a", "*.*", "#.#", "#.*", "*.#", "a.#.b", "#.a.#",
            "a..b",
            ".", "a.*.b", "#.b.*", "*.#.*.b",
        ]
        let keys = [
            "", "a", "b", "a.a", "a.b", "b.a", "a.a.b", "a.c.b", "a..b", ".", "..", "a.", ".a", "b.a.b.b",
            "a.b.a.b", "ab", "a.b.c.d.e",
        ]
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: exchange, kind: .topic))
            for pattern in patterns {
                let queue = try await link.declare(
                    Queue(name: "", durable: false, exclusive: true, autoDelete: true)
                ).name
                try await link.bind(
                    Binding(source: exchange, destination: .queue(queue), routingKey: pattern))
                _ = await link.publish(
                    keys.map { AMQPMessage(exchange: exchange, routingKey: $0, body: []) })
                var taken: [String] = []
                while let delivery = try await link.get(queue) {
                    taken.append(delivery.message.routingKey)
                    delivery.acknowledge()
                }
                #expect(taken == keys.filter { TopicPattern(pattern).matches($0) }, "\(pattern)")
            }
            try await link.delete(exchange: exchange)
        }
    }
}
