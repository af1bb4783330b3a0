import AMQP
import Testing

@testable import gws_bridge

struct StreamReadingTests {
    private func message(_ offset: Int64?, key: String = "call.1.StatusChange", at time: Int64? = nil)
        -> AMQPMessage
    {
        var message = AMQPMessage(exchange: "gws.events", routingKey: key, body: [])
        message.properties.headers["x-stream-offset"] = offset.map(FieldValue.int64)
        message.properties.headers["gws-received-at"] = time.map(FieldValue.int64)
        return message
    }

    @Test(arguments: [
        (StreamStart.first, FieldValue.string("first")), (.last, "last"), (.next, "next"),
        (.offset(7), 7), (.time(100_500), .timestamp(40)), (.time(5_000), .timestamp(0)),
    ])
    func `the broker is told where to begin, in time a minute early`(start: StreamStart, place: FieldValue) {
        #expect(StreamReading(from: start, keys: ["#"]).place == place)
    }

    @Test(arguments: [StreamStart.first, .last, .next, .offset(3), .time(0)])
    func `it goes on after the last that it has seen, shown or not`(start: StreamStart) {
        var reading = StreamReading(from: start, keys: ["device.#"])
        #expect(reading.take(message(4, key: "device.1.A")) == .show)
        #expect(reading.take(message(5)) == .skip)
        #expect(reading.place == 6)
        #expect(reading.isSeamless)
    }

    @Test func `what comes again is not shown again`() {
        var reading = StreamReading(from: .first, keys: ["#"])
        #expect(
            [0, 1, 2, 1, 2, 3].map { reading.take(message($0)) } == [
                .show, .show, .show, .skip, .skip, .show,
            ])
    }

    @Test func `one of several patterns is enough`() {
        var reading = StreamReading(from: .first, keys: ["call.*.A", "session.#"])
        #expect(reading.take(message(0, key: "call.1.A")) == .show)
        #expect(reading.take(message(1, key: "call.1.B")) == .skip)
        #expect(reading.take(message(2, key: "session.5001.Gap")) == .show)
    }

    @Test func `what came before the time is left out, and what does not say is not`() {
        var reading = StreamReading(from: .time(10_500), keys: ["#"])
        #expect(reading.take(message(0, at: 10_499)) == .skip)
        #expect(reading.take(message(1, at: 10_500)) == .show)
        #expect(reading.take(message(2, at: 9_000)) == .skip)
        #expect(reading.take(message(3)) == .show)
        var old = message(4)
        old.properties.timestamp = 9
        #expect(reading.take(old) == .skip)
        old = message(5)
        old.properties.timestamp = 10
        #expect(reading.take(old) == .show)
    }

    @Test func `where the broker begins by itself, a break before the first leaves a gap`() {
        #expect(!StreamReading(from: .next, keys: ["#"]).isSeamless)
        #expect(!StreamReading(from: .last, keys: ["#"]).isSeamless)
        #expect(StreamReading(from: .time(0), keys: ["#"]).isSeamless)
    }

    @Test func `a message without an offset is of no stream`() {
        var reading = StreamReading(from: .first, keys: ["#"])
        #expect(reading.take(message(nil)) == .foreign)
    }

    @Test func `what the broker has dropped is missing, one record of its own is not`() {
        var reading = StreamReading(from: .offset(3), keys: ["#"])
        #expect(reading.missing(before: message(3)) == nil)
        #expect(reading.missing(before: message(4)) == nil)
        #expect(reading.missing(before: message(5)) == 3...4)
        _ = reading.take(message(5))
        #expect(reading.missing(before: message(7)) == nil)
        #expect(reading.missing(before: message(10)) == 6...9)
        #expect(StreamReading(from: .first, keys: ["#"]).missing(before: message(10)) == nil)
    }
}
