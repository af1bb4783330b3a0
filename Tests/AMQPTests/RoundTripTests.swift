import AMQP
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// Every type of field, nested ones included.
    static let everything: FieldTable = [
        "bool": true, "no": false,
        "int8": .int8(-8), "uint8": .uint8(200), "int16": .int16(-1600), "uint16": .uint16(60_000),
        "int32": .int32(-320_000), "uint32": .uint32(4_000_000_000), "int64": .int64(.min),
        "float": .float(1.5), "double": .double(-2.25), "decimal": .decimal(scale: 2, value: 1999),
        "string": "grüß Gott", "empty": "", "NUL": "a\0b", "bytes": .bytes([0, 0xff, 0x80]),
        "no bytes": .bytes([]),
        "timestamp": .timestamp(1_700_000_000), "void": .void,
        "table": ["inner": ["innermost": 1], "empty": [:]],
        "array": [1, "two", [true, .void], ["three": 3.5], []],
        "": "no key", "schlüssel": 1,
    ]

    static let properties = Properties(
        contentType: "application/json", contentEncoding: "gzip", headers: everything, deliveryMode: 2,
        priority: 9,
        correlationID: "correlation", replyTo: "reply", expiration: "60000", messageID: "message",
        timestamp: 1_700_000_001, type: "type", userID: "guest", appID: "app", clusterID: "cluster")

    @Test func `all properties and every type of header come back as they went`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let message = AMQPMessage.to(queue, properties: Self.properties)
            #expect(await connection.publish(message) == .confirmed)
            let back = try await connection.take(queue)
            #expect(back?.properties == Self.properties)
            #expect(back?.text == "body")
            #expect(back?.routingKey == queue)
        }
    }

    @Test func `absent properties come back absent`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish(.to(queue))
            #expect(try await connection.take(queue)?.properties == Properties())
        }
    }

    @Test(arguments: [0, 1, 131_064, 131_065, 500_000, 20_000_000])
    func `a body of any size comes back`(size: Int) async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            var message = AMQPMessage.to(queue)
            message.body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(await connection.publish(message) == .confirmed)
            let back = try await connection.take(queue)
            #expect(back?.body == message.body)
        }
    }

    @Test func `an unsigned 64-bit number arrives as a signed one`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let properties = Properties(headers: ["n": .uint64(7)])
            #expect(await connection.publish(.to(queue, properties: properties)) == .confirmed)
            #expect(try await connection.take(queue)?.properties.headers["n"] == .int64(7))
        }
    }

    @Test func `amqp-get reads what we publish`() async throws {
        let url = try await PrivateBroker.shared.url
        try await withConnection { connection in
            let queue = uniqueName("peer")
            _ = try await connection.declare(Queue(name: queue, durable: false))
            _ = await connection.publish(.to(queue, "from Swift", properties: Self.properties))
            #expect(try await run("/usr/bin/amqp-get", ["-u", url, "-q", queue]) == "from Swift")
            try await connection.delete(queue: queue)
        }
    }

    @Test func `we read what amqp-publish sends`() async throws {
        let url = try await PrivateBroker.shared.url
        try await withConnection { connection in
            let queue = uniqueName("peer")
            _ = try await connection.declare(Queue(name: queue, durable: false))
            try await run(
                "/usr/bin/amqp-publish",
                ["-u", url, "-r", queue, "-p", "-C", "text/plain", "-H", "color: blue", "-b", "from C"])
            let message = try await connection.take(queue)
            #expect(message?.text == "from C")
            #expect(message?.properties.contentType == "text/plain")
            #expect(message?.properties.deliveryMode == 2)
            #expect(message?.properties.headers["color"] == "blue")
            try await connection.delete(queue: queue)
        }
    }
}
