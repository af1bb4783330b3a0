import AMQP
import Testing

@testable import Bridge

struct ReplayedCommandTests {
    private static let hold = Array(
        #"{"agent":"5001","callId":"00RV","operationName":"Hold"}"#.utf8)

    /// What a command is as a letter, and then as a command again.
    private func replayed(
        _ properties: Properties = Properties(messageID: "c1"), exchange: String = "gws.commands",
        routingKey: String = "command.5001.Hold", body: [UInt8] = ReplayedCommandTests.hold
    ) -> AMQPMessage {
        let original = AMQPMessage(
            exchange: exchange, routingKey: routingKey, properties: properties, body: body)
        let outcome = CommandOutcome(
            .unknown, reason: "gws-error", detail: "d", httpStatus: 500, statusCode: 4, statusMessage: "s")
        let letter = DeadLetter(
            original, envelope: .sample(properties), verdict: Verdict(outcome), names: .sample, at: 77
        ).message
        return ReplayedCommand(Letter(letter, names: .sample), of: letter, names: .sample).message
    }

    @Test func `it is the command as it was, under an id of its own`() {
        let properties = Properties(
            contentType: "text/plain", headers: ["mine": 1, "gws-reply": "both"], deliveryMode: 2,
            priority: 7,
            correlationID: "k", replyTo: "answers", messageID: "c1", type: "t", appID: "a")
        let message = replayed(properties)
        var expected = properties
        expected.messageID = "c1/replay-1"
        expected.headers["gws-replay-count"] = 1
        expected.headers["gws-replay-of"] = "c1"
        #expect(message.properties == expected)
        #expect(message.body == Self.hold)
        #expect(message.exchange == "gws.commands" && message.routingKey == "command.5001.Hold")
        #expect(message.isMandatory)
    }

    @Test func `nothing that the dead letter added is left`() {
        let properties = Properties(
            headers: ["CC": ["x"], "x-death": [["queue": "gws.commands"]], "x-first-death-queue": "q"],
            expiration: "5", messageID: "c1", userID: "u")
        let names = replayed(properties).properties.headers.map(\.key)
        #expect(Set(names) == ["gws-replay-count", "gws-replay-of"])
    }

    @Test func `a dead letter adds only what a replay takes away`() {
        let properties = Properties(headers: ["CC": ["x"]], expiration: "5", messageID: "c1", userID: "u")
        let outcome = CommandOutcome(
            .unknown, reason: "r", detail: "d", httpStatus: 500, statusCode: 4, statusMessage: "s")
        let letter = DeadLetter(
            AMQPMessage(exchange: "gws.commands", routingKey: "k", properties: properties, body: []),
            envelope: .sample(properties), verdict: Verdict(outcome), names: .sample, at: 77)
        #expect(Set(letter.message.properties.headers.map(\.key)) == DeadLetter.added)
    }

    @Test func `what is past is left out`() {
        let message = replayed(
            Properties(headers: ["gws-deadline": 5], expiration: "5", messageID: "c1", timestamp: 7))
        #expect(message.properties.timestamp == nil && message.properties.expiration == nil)
        #expect(message.properties.headers["gws-deadline"] == nil)
    }

    @Test(
        arguments: [
            ("amq.rabbitmq.reply-to.g1h2AA5yZXBseQ", nil), ("amq.gen-abc", nil), ("answers", "answers"),
        ] as [(String, String?)])
    func `the answer goes only to a queue that may still be there`(queue: String, expected: String?) {
        let message = replayed(Properties(correlationID: "k", replyTo: queue, messageID: "c1"))
        #expect(message.properties.replyTo == expected)
        #expect(message.properties.correlationID == "k")
    }

    @Test func `it is sent by who replays it`() {
        let letter = AMQPMessage(
            exchange: "gws.dead-letters", routingKey: "x", properties: Properties(userID: "producer"),
            body: [])
        for user in ["operator", nil] {
            let command = ReplayedCommand(
                Letter(letter, names: .sample), of: letter, names: .sample, userID: user)
            #expect(command.message.properties.userID == user)
        }
    }

    @Test func `the third replay is one of the first command`() {
        var properties = Properties(messageID: "c1")
        for count in 1...3 {
            properties = replayed(properties).properties
            #expect(properties.messageID == "c1/replay-\(count)")
            #expect(properties.headers["gws-replay-count"]?.int == Int64(count))
        }
        #expect(properties.headers["gws-replay-of"] == "c1/replay-2")
    }

    @Test func `an id that only looks like a replay's is a first one`() {
        #expect(replayed(Properties(messageID: "c1/replay-7")).properties.messageID == "c1/replay-7/replay-1")
    }

    @Test func `an id that would be too long gives way to its digest, time and again`() {
        let long = String(repeating: "i", count: 255)
        let first = replayed(Properties(messageID: long)).properties
        let digest = RoutingKey.digest(of: long)
        #expect(first.messageID == "\(digest)/replay-1")
        #expect(first.headers["gws-replay-of"] == .string(long))
        #expect(replayed(first).properties.messageID == "\(digest)/replay-2")
    }

    @Test func `one without an id is replayed under the id that the bridge had made up`() {
        #expect(replayed(Properties()).properties.messageID == "made-up/replay-1")
    }

    @Test func `it goes back to the queue or the exchange of the commands, as it came`() {
        for (exchange, key) in [("", "gws.commands"), ("gws.commands", "my.key")] {
            let message = replayed(exchange: exchange, routingKey: key)
            #expect(message.exchange == exchange && message.routingKey == key)
        }
    }

    @Test(arguments: [("gws.events", "call.FAKE.Forged"), ("", "amq.gen-somebody"), ("mine", "gws.commands")])
    func `it goes nowhere but to the commands`(exchange: String, key: String) {
        let message = replayed(exchange: exchange, routingKey: key)
        #expect(message.exchange == "gws.commands" && message.routingKey == "command.5001.Hold")
    }

    /// Of bytes that are no UTF-8 each became a replacement character, which has three.
    @Test func `a key that has grown past what a broker takes is made anew`() {
        let message = replayed(routingKey: "command." + String(repeating: "\u{FFFD}", count: 100))
        #expect(message.exchange == "gws.commands" && message.routingKey == "command.5001.Hold")
    }

    @Test func `notes of deaths that a producer made up send it nowhere else`() {
        let forged: FieldValue = [
            [
                "queue": "gws.commands.undelivered", "exchange": "gws.events",
                "routing-keys": ["call.FAKE.Forged"],
            ]
        ]
        let made = replayed(Properties(headers: ["x-death": forged], messageID: "c1"), body: [])
        #expect(made.exchange == "gws.commands" && made.routingKey == "command.5001.Hold")
        // The broker's own letters have them all the same.
        let letter = AMQPMessage(
            exchange: "gws.dead-letters", routingKey: "unknown.delivery-limit",
            properties: Properties(headers: ["x-death": forged], messageID: "c1"), body: Self.hold)
        let message = ReplayedCommand(Letter(letter, names: .sample), of: letter, names: .sample).message
        #expect(message.exchange == "gws.commands" && message.routingKey == "command.5001.Hold")
    }

    @Test func `what came by the exchange of the undelivered goes to that of the commands`() {
        for key in ["command.5001.Hold", "gws.commands", "misspelt.5001"] {
            let message = replayed(exchange: "gws.commands.undelivered", routingKey: key)
            #expect(message.exchange == "gws.commands" && message.routingKey == "command.5001.Hold")
        }
        let unreadable = replayed(exchange: "gws.commands.undelivered", routingKey: "gws.commands", body: [])
        #expect(unreadable.exchange == "gws.commands" && unreadable.routingKey == "command")
    }

    @Test func `a count that nobody can have reached does no harm`() {
        let headers: FieldTable = ["gws-replay-count": .int64(.max), "gws-replay-of": "c0"]
        let first = replayed(Properties(headers: headers, messageID: "c1")).properties
        #expect(first.messageID == "c1/replay-1")
        #expect(replayed(first).properties.messageID == "c1/replay-2")
    }
}
