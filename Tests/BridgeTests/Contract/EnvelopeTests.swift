import AMQP
import Bridge
import Testing

struct EnvelopeTests {
    // MARK: - Whose it is

    @Test func `a command is known by its message id`() {
        let envelope = Envelope.sample(Properties(messageID: "c1"))
        #expect(envelope.id == "c1")
        #expect(envelope.hasOwnID)
    }

    @Test(arguments: [nil, ""])
    func `a command without an id gets one and is nobody's duplicate`(id: String?) {
        let envelope = Envelope.sample(Properties(messageID: id), madeUpID: "made-up")
        #expect(envelope.id == "made-up")
        #expect(!envelope.hasOwnID)
    }

    @Test func `it knows where and how to answer`() {
        let envelope = Envelope.sample(Properties(correlationID: "k", replyTo: "q"))
        #expect([envelope.replyTo, envelope.correlationID] == ["q", "k"])
        #expect(Envelope.sample(Properties(replyTo: "")).replyTo == nil)
    }

    @Test(arguments: [(nil, false), (4, false), (5, true), (255, true)])
    func `from priority five a command is urgent`(priority: UInt8?, isUrgent: Bool) {
        #expect(Envelope.sample(Properties(priority: priority)).isUrgent == isUrgent)
    }

    // MARK: - Its time

    @Test func `without a deadline the lifetime counts from arrival`() {
        let envelope = Envelope.sample(Properties())
        #expect(envelope.deadline == 1_060_000)
        #expect(!envelope.hasOwnDeadline)
    }

    @Test func `the producer's deadline goes before the lifetime, be it shorter or longer`() {
        for deadline: Int64 in [1_000_500, 1_300_000, -1] {
            let envelope = Envelope.sample(Properties(headers: ["gws-deadline": .int64(deadline)]))
            #expect(envelope.deadline == deadline)
            #expect(envelope.hasOwnDeadline)
        }
    }

    @Test func `expiration counts from the producer's timestamp, and means nothing without one`() {
        let expiring = Envelope.sample(Properties(expiration: "5000", timestamp: 998))
        #expect(expiring.deadline == 1_003_000)
        #expect(expiring.hasOwnDeadline)
        #expect(!Envelope.sample(Properties(expiration: "5000")).hasOwnDeadline)
        #expect(!Envelope.sample(Properties(timestamp: 998)).hasOwnDeadline)
    }

    @Test func `the earlier of two deadlines counts`() {
        for (deadline, earlier) in [(1_002_000, 1_002_000), (1_004_000, 1_003_000)] as [(Int64, Int64)] {
            let envelope = Envelope.sample(
                Properties(headers: ["gws-deadline": .int64(deadline)], expiration: "5000", timestamp: 998))
            #expect(envelope.deadline == earlier)
        }
    }

    @Test func `nothing is held longer than the broker lets us hold it`() {
        let envelope = Envelope.sample(Properties(headers: ["gws-deadline": .int64(.max)]))
        #expect(envelope.deadline == 1_000_000 + 15 * 60 * 1000)
    }

    @Test(arguments: [
        ("soon", 998), ("9223372036854775807", 998), ("1", UInt64.max), ("1", 9_223_372_036_854_775_807),
        ("99999999999999999999", 998),
    ])
    func `times that no clock reaches are no deadline`(expiration: String, timestamp: UInt64) {
        let envelope = Envelope.sample(Properties(expiration: expiration, timestamp: timestamp))
        #expect(envelope.deadline == 1_060_000)
        #expect(!envelope.hasOwnDeadline)
    }

    // MARK: - How long its effect is waited for

    @Test(arguments: [1, 7_000, 900_000] as [Int64])
    func `the producer says how long to wait for the state change`(milliseconds: Int64) {
        let properties = Properties(headers: ["gws-confirm-within": .int64(milliseconds)])
        #expect(Envelope.rejection(of: properties) == nil)
        #expect(Envelope.sample(properties).confirmWithin == .milliseconds(milliseconds))
    }

    @Test func `who does not say leaves it to the configuration`() {
        #expect(Envelope.sample(Properties()).confirmWithin == nil)
    }

    // MARK: - What it carries

    @Test func `a trace that is well formed is carried on`() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        func trace(_ parent: FieldValue, _ state: FieldValue) -> [String?] {
            let envelope = Envelope.sample(Properties(headers: ["traceparent": parent, "tracestate": state]))
            return [envelope.traceparent, envelope.tracestate]
        }
        let longest = String(repeating: "x", count: 512)
        #expect(trace(.string(parent), .string(longest)) == [parent, longest])
        #expect(trace(.string(parent), .string(longest + "x")) == [parent, nil])
        #expect(trace(.string(parent), "ü") == [parent, nil])
    }

    @Test(arguments: [
        nil, "", "p", "a\r\nHost: evil", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-00",
    ])
    func `where none is, one begins, which is the same for every delivery`(parent: String?) throws {
        var properties = Properties(headers: ["tracestate": "s"], messageID: "c1")
        properties.headers["traceparent"] = parent.map(FieldValue.string)
        let envelope = Envelope.sample(properties)
        #expect(try /00-[0-9a-f]{32}-[0-9a-f]{16}-01/.wholeMatch(in: envelope.traceparent) != nil)
        #expect(envelope.tracestate == nil)
        #expect(Envelope.sample(properties).traceparent == envelope.traceparent)
        properties.messageID = "c2"
        #expect(Envelope.sample(properties).traceparent != envelope.traceparent)
    }

    @Test(arguments: [("final", Envelope.Replies.final), ("accepted", .accepted), ("both", .both)])
    func `the requester chooses its replies`(text: String, replies: Envelope.Replies) {
        #expect(Envelope.sample(Properties(headers: ["gws-reply": .string(text)])).replies == replies)
        #expect(Envelope.rejection(of: Properties(headers: ["gws-reply": .string(text)])) == nil)
    }

    @Test(arguments: [
        Properties(headers: ["gws-reply": "never"]), Properties(headers: ["gws-reply": 1]),
        Properties(headers: ["gws-deadline": "soon"]), Properties(headers: ["gws-deadline": .uint64(.max)]),
        Properties(headers: ["gws-confirm-within": 0]), Properties(headers: ["gws-confirm-within": -5]),
        Properties(headers: ["gws-confirm-within": 900_001]),
        Properties(headers: ["gws-confirm-within": "5s"]),
        Properties(headers: ["gws-confirm-within": 1.5]),
        Properties(headers: ["gws-confirm-within": .uint64(.max)]),
    ])
    func `a header that speaks to the bridge must be understood`(properties: Properties) {
        #expect(Envelope.rejection(of: properties)?.reason == "invalid-parameter")
        #expect(Envelope.sample(properties).replies == .final)
        #expect(!Envelope.sample(properties).hasOwnDeadline)
        #expect(Envelope.sample(properties).confirmWithin == nil)
    }

    @Test(arguments: [
        (nil, nil), ("UTF-8", nil), ("identity", nil), ("", nil), ("gzip", "malformed"),
        ("utf-16", "malformed"),
    ])
    func `a body that must be decoded first is malformed`(encoding: String?, reason: String?) {
        #expect(Envelope.rejection(of: Properties(contentEncoding: encoding))?.reason == reason)
    }
}
