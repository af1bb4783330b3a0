import AMQP
import Bridge
import Testing

struct DeadLetterTests {
    private let rejected = CommandOutcome(
        .rejected, reason: "malformed", detail: "The body is not a JSON object.")

    private func letter(
        _ properties: Properties = Properties(messageID: "c1"), _ outcome: CommandOutcome? = nil,
        firstFailedAt: Int64? = nil
    ) -> DeadLetter {
        let original = AMQPMessage(
            exchange: "gws.commands", routingKey: "command.5001.Hold", properties: properties, body: [0, 255])
        return DeadLetter(
            original, envelope: .sample(properties),
            verdict: Verdict(outcome ?? rejected, attempts: 3, firstFailedAt: firstFailedAt), names: .sample,
            at: 77)
    }

    @Test func `it goes where a queue must take it, keyed by outcome and reason`() {
        let message = letter().message
        #expect(message.exchange == "gws.dead-letters")
        #expect(message.routingKey == "rejected.malformed")
        #expect(message.isMandatory)
        #expect(message.properties.deliveryMode == 2)
        #expect(letter(Properties(), CommandOutcome(.unknown)).message.routingKey == "unknown.-")
    }

    @Test func `body, properties and headers stay as they came`() {
        let properties = Properties(
            contentType: "text/plain", contentEncoding: "gzip", headers: ["mine": .array([1, "x"])],
            priority: 7, correlationID: "k", replyTo: "q", messageID: "c1", timestamp: 5, type: "t",
            appID: "a", clusterID: "cl")
        let message = letter(properties).message
        #expect(message.body == [0, 255])
        #expect(message.properties.headers["mine"] == .array([1, "x"]))
        var rest = message.properties
        rest.headers = properties.headers
        rest.deliveryMode = nil
        #expect(rest == properties)
    }

    @Test func `it says why it is here and where it came from`() {
        let headers = letter().message.properties.headers
        #expect(
            headers == [
                "gws-outcome": "rejected", "gws-command-id": "c1", "gws-attempts": 3,
                "gws-first-failed-at": 77, "gws-replay-count": 0,
                "x-exception-message": "The body is not a JSON object.",
                "x-original-exchange": "gws.commands", "x-original-routingKey": "command.5001.Hold",
                "gws-reason": "malformed", "gws-detail": "The body is not a JSON object.",
            ])
    }

    @Test func `what GWS said is on it, and since when it failed`() {
        let outcome = CommandOutcome(
            .unknown, reason: "gws-error", httpStatus: 500, statusCode: 4, statusMessage: "oops")
        let headers = letter(Properties(), outcome, firstFailedAt: 55).message.properties.headers
        let said = ["gws-http-status", "gws-status-code", "gws-status-message", "gws-first-failed-at"].map {
            headers[$0]
        }
        #expect(said == [500, 4, "oops", 55])
        #expect(headers["x-exception-message"] == "unknown")
    }

    @Test func `what would act again on the copy only tells`() {
        let message = letter(
            Properties(headers: ["CC": ["a"], "BCC": ["b"]], expiration: "5000", userID: "guest")
        ).message
        #expect(message.properties.userID == nil)
        #expect(message.properties.expiration == nil)
        let names = ["CC", "BCC", "gws-user-id", "gws-expiration", "gws-cc"]
        #expect(names.map { message.properties.headers[$0] } == [nil, nil, "guest", "5000", ["a"]])
    }

    @Test func `the expiration that the broker took off is told`() {
        let death: FieldValue = [["queue": "gws.commands", "original-expiration": "9000"]]
        let headers = letter(Properties(headers: ["x-death": death])).message.properties.headers
        #expect(headers["gws-expiration"] == "9000")
    }

    @Test func `an expiration that no broker can have noted is not told`() throws {
        let note: FieldTable = ["original-expiration": .string(String(repeating: "1", count: 100_000))]
        let letter = letter(Properties(headers: ["x-death": [.table(note)]], messageID: "c1"))
        #expect(letter.message.properties.headers["gws-expiration"] == nil)
        #expect(try #require(letter.bare.properties.headers.encodedSize) < DeadLetter.largestHeaders)
    }

    @Test func `notes of deaths are left out, whoever wrote them`() {
        let headers: FieldTable = [
            "x-death": [["queue": "gws.commands.undelivered"]], "x-first-death-queue": "q",
            "x-last-death-exchange": "e", "x-deathly": 1,
        ]
        let names = letter(Properties(headers: headers)).message.properties.headers.map(\.key)
        #expect(names.filter { $0.hasPrefix("x-") && $0.contains("death") } == ["x-deathly"])
    }

    @Test func `a second dead letter has the second reason and the count of replays`() {
        let headers: FieldTable = [
            "gws-reason": "cut", "gws-outcome": "unknown", "gws-replay-count": 2, "gws-replay-of": "c0",
        ]
        let message = letter(Properties(headers: headers)).message
        #expect(message.properties.headers["gws-reason"] == "malformed")
        #expect(message.properties.headers["gws-replay-count"] == 2)
        #expect(message.properties.headers.count { $0.key == "gws-reason" } == 1)
    }

    @Test(
        arguments: [
            ["gws-replay-count": 2], ["gws-replay-count": 2, "gws-replay-of": 1],
            ["gws-replay-count": .int64(.max), "gws-replay-of": "c0"],
            ["gws-replay-count": -1, "gws-replay-of": "c0"],
        ] as [FieldTable])
    func `a count of replays that a producer made up is not believed`(headers: FieldTable) {
        let message = letter(Properties(headers: headers)).message
        #expect(message.properties.headers["gws-replay-count"] == 0)
    }

    @Test func `headers that do not fit are left out, the largest first`() throws {
        let half = FieldValue.bytes(Array(repeating: 1, count: 40 * 1024))
        let larger = FieldValue.bytes(Array(repeating: 1, count: 41 * 1024))
        let headers = letter(Properties(headers: ["a": half, "b": larger, "c": 1])).message.properties.headers
        #expect(["a", "b", "c"].map { headers[$0] } == [half, nil, 1])
        #expect(try #require(headers.encodedSize) <= DeadLetter.largestHeaders)
        #expect(headers["gws-reason"] == "malformed")
    }

    @Test func `a header that cannot be sent is left out`() {
        let headers = letter(Properties(headers: ["a": .uint64(.max), "b": 1])).message.properties.headers
        #expect(["a", "b"].map { headers[$0] } == [nil, 1])
        #expect(headers.encodedSize != nil)
    }

    @Test func `a property that has grown too long is left out`() {
        let long = String(repeating: "\u{FFFD}", count: 86)
        let message = letter(Properties(correlationID: long, messageID: "c1", type: long)).message
        #expect(message.properties.correlationID == nil)
        #expect(message.properties.type == nil)
        #expect(message.properties.messageID == "c1")
    }

    @Test func `without its own properties and headers it says the same`() {
        let letter = letter(Properties(contentType: "x", headers: ["mine": 1], messageID: "c1"))
        #expect(letter.bare.body == letter.message.body)
        #expect(letter.bare.routingKey == letter.message.routingKey)
        #expect(letter.bare.properties.contentType == nil)
        #expect(letter.bare.properties.headers["mine"] == nil)
        #expect(letter.bare.properties.headers["gws-command-id"] == "c1")
        #expect(letter.bare.properties.deliveryMode == 2)
    }
}
