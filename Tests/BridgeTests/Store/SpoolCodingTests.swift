import AMQP
import Testing

@testable import Bridge

struct SpoolCodingTests {
    private static let values: [FieldValue] = [
        .bool(true), .bool(false), .int8(.min), .uint8(.max), .int16(.min), .uint16(.max), .int32(.min),
        .uint32(.max), .int64(.min), .uint64(.max), .float(-1.5), .double(.pi),
        .decimal(scale: 3, value: .max),
        .string("é\0"), .string(""), .bytes([0, 255]), .timestamp(.max), .void, .array([]),
        .array([.int8(1), .array([.string("a")]), .table(["b": .void])]),
        .table(["a": .table(["b": .array([.bool(true)])])]),
    ]

    private static let full: AMQPMessage = {
        var headers = FieldTable(values.enumerated().map { ("key \($0)", $1) })
        headers.append("key 0", .string("the second of this key"))
        return AMQPMessage(
            exchange: "gws.events", routingKey: "call.ä.Released", isMandatory: true,
            properties: Properties(
                contentType: "application/json", contentEncoding: "gzip", headers: headers, deliveryMode: 2,
                priority: 255, correlationID: "c", replyTo: "r", expiration: "60000", messageID: "5001/e/1",
                timestamp: .max, type: "StatusChange", userID: "u", appID: "a", clusterID: "k"),
            body: Array(0...255))
    }()

    @Test func `a message with all that there is comes back as it was`() throws {
        #expect(try SpoolDecoder.decode(SpoolEncoder.encode(Self.full)) == Self.full)
    }

    @Test func `a message with next to nothing comes back as it was`() throws {
        let message = AMQPMessage(exchange: "", routingKey: "", body: [])
        #expect(try SpoolDecoder.decode(SpoolEncoder.encode(message)) == message)
    }

    @Test func `a message that was cut off anywhere is an error`() {
        let bytes = SpoolEncoder.encode(Self.full)
        for length in bytes.indices {
            #expect(throws: SpoolDecodingError.self) { try SpoolDecoder.decode(Array(bytes[..<length])) }
        }
    }

    @Test func `whatever byte is changed, nothing crashes`() {
        let bytes = SpoolEncoder.encode(Self.full)
        for index in bytes.indices {
            for value: UInt8 in [0, 0x7F, 0x80, 0xFF, bytes[index] ^ 1] {
                var damaged = bytes
                damaged[index] = value
                // It may be another message, or none.
                _ = try? SpoolDecoder.decode(damaged)
            }
        }
    }

    @Test func `what is behind a message is an error`() {
        #expect(throws: SpoolDecodingError.trailingBytes) {
            try SpoolDecoder.decode(SpoolEncoder.encode(Self.full) + [0])
        }
    }

    @Test func `a format of later is an error that names it`() {
        #expect(throws: SpoolDecodingError.unknownFormat(2)) { try SpoolDecoder.decode([2, 0, 0]) }
    }

    @Test func `what is nested without end is an error`() {
        let value = (0..<1000).reduce(FieldValue.void) { value, _ in .array([value]) }
        let message = AMQPMessage(
            exchange: "", routingKey: "", properties: Properties(headers: ["a": value]), body: [])
        #expect(throws: SpoolDecodingError.nestedTooDeep) {
            try SpoolDecoder.decode(SpoolEncoder.encode(message))
        }
    }
}
