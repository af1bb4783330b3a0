import AMQP
import Testing

@testable import Bridge

struct LetterTests {
    private static let hold = Array(
        #"{"agent":"5001","callId":"00RV","operationName":"Hold"}"#.utf8)

    /// As the bridge puts it aside.
    private func made(
        _ properties: Properties = Properties(messageID: "c1"), body: [UInt8] = LetterTests.hold
    ) -> Letter {
        let original = AMQPMessage(
            exchange: "gws.commands", routingKey: "command.5001.Hold", properties: properties, body: body)
        let outcome = CommandOutcome(.unreachable, reason: "unavailable", detail: "HTTP 503")
        let letter = DeadLetter(
            original, envelope: .sample(properties),
            verdict: Verdict(outcome, attempts: 3, firstFailedAt: 1_005), names: .sample, at: 77)
        return Letter(letter.message, names: .sample)
    }

    /// As the broker dead-letters it past the limit of the undelivered.
    private func brokers(_ headers: FieldTable = [:], messageID: String? = "c1") -> Letter {
        var headers = headers
        headers["x-death"] = [
            [
                "queue": "gws.commands.undelivered", "reason": "delivery_limit", "count": 1,
                "exchange": "gws.commands.undelivered", "routing-keys": ["command.5001.Hold"],
                "time": .timestamp(1_700_000_000),
            ],
            [
                "queue": "gws.commands", "reason": "expired", "count": 1, "exchange": "gws.commands",
                "routing-keys": ["command.5001.Hold"], "time": .timestamp(1_600_000_000),
            ],
        ]
        let message = AMQPMessage(
            exchange: "gws.dead-letters", routingKey: "unknown.delivery-limit",
            properties: Properties(headers: headers, messageID: messageID), body: Self.hold)
        return Letter(message, names: .sample)
    }

    @Test func `it says what was wanted, why it was not done, and where it came from`() {
        let letter = made()
        #expect(letter.id == "c1")
        #expect(
            [letter.outcome, letter.reason, letter.detail] == ["unreachable", "unavailable", "HTTP 503"])
        #expect(letter.address == Address(agent: "5001", callID: "00RV", operationName: "Hold"))
        #expect([letter.attempts, letter.failedAt, letter.replayCount] == [3, 1_005, 0])
        #expect([letter.exchange, letter.routingKey] == ["gws.commands", "command.5001.Hold"])
    }

    @Test func `of what is no command the routing key still says whose it was`() {
        for body in [Array("{".utf8), [0xFF], Array(repeating: UInt8(ascii: "x"), count: 100_000)] {
            #expect(made(body: body).address == Address(agent: "5001", operationName: "Hold"))
        }
    }

    @Test func `one that the broker put there is known by the key and what the broker says`() {
        let letter = brokers()
        #expect(letter.id == "c1")
        #expect([letter.outcome, letter.reason] == ["unknown", "delivery-limit"])
        #expect(letter.detail == "The broker put it aside: delivery_limit in gws.commands.undelivered.")
        #expect(letter.failedAt == 1_700_000_000_000)
        #expect([letter.exchange, letter.routingKey] == ["gws.commands", "command.5001.Hold"])
        #expect(letter.attempts == nil)
    }

    @Test func `of one that the broker put there the producer's own headers say nothing`() {
        let letter = brokers([
            "gws-outcome": "confirmed", "gws-reason": "mine", "gws-command-id": "other",
            "x-original-exchange": "amq.direct", "x-original-routingKey": "anywhere",
        ])
        #expect(letter == brokers())
    }

    @Test func `how often one was replayed is known of a replay, wherever it ended`() {
        let headers: FieldTable = ["gws-replay-count": 2, "gws-replay-of": "c0"]
        #expect(made(Properties(headers: headers, messageID: "c1")).replayCount == 2)
        #expect(brokers(headers).replayCount == 2)
        #expect(brokers(["gws-replay-count": 2]).replayCount == 0)
    }

    @Test func `one without an id gets one that stays the same`() {
        let letter = brokers(messageID: nil)
        #expect(letter.id.hasPrefix("~"))
        #expect(letter.id == brokers(["x-delivery-count": 3], messageID: "").id)
    }

    @Test func `what anybody else put there is a letter, too`() {
        let message = AMQPMessage(exchange: "gws.dead-letters", routingKey: "hello", body: [])
        let letter = Letter(message, names: .sample)
        #expect([letter.outcome, letter.reason, letter.exchange] == ["unknown", nil, nil])
        #expect(letter.address == Address())
    }
}
