import AMQP
import TestSupport
import Testing

/// The bytes of the wire as the specification and RabbitMQ's errata have them, written out by hand.
@Suite struct WireFormatTests {
    private static let fields: FieldTable = [
        "t": true, "b": .int8(-2), "B": .uint8(254), "s": .int16(-2), "u": .uint16(65534), "I": .int32(-2),
        "i": .uint32(.max), "l": .int64(-2), "f": .float(1), "d": .double(-2),
        "D": .decimal(scale: 2, value: 314),
        "S": "ü", "x": .bytes([0, 255]), "T": .timestamp(1), "V": .void,
        "F": ["k": ["n": 1]], "A": [false, "s", [.void], ["k": .void]],
    ]

    private static let encoded: [UInt8] = {
        var bytes: [UInt8] = []
        func field(_ kind: String, _ value: [UInt8]) {
            bytes += kind.short + Array(kind.utf8) + value
        }
        field("t", [1])
        field("b", [0xfe])
        field("B", [0xfe])
        field("s", [0xff, 0xfe])
        field("u", [0xff, 0xfe])
        field("I", [0xff, 0xff, 0xff, 0xfe])
        field("i", [0xff, 0xff, 0xff, 0xff])
        field("l", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe])
        field("f", [0x3f, 0x80, 0, 0])
        field("d", [0xc0, 0, 0, 0, 0, 0, 0, 0])
        field("D", [2, 0, 0, 1, 0x3a])
        field("S", [0, 0, 0, 2, 0xc3, 0xbc])
        field("x", [0, 0, 0, 2, 0, 0xff])
        field("T", [0, 0, 0, 0, 0, 0, 0, 1])
        field("V", [])
        // A table in a table: 1 + 1 for the key, 1 for the kind, 4 for the size, then 1 + 1 + 1 + 8.
        field("F", [0, 0, 0, 18, 1, 0x6b, 0x46, 0, 0, 0, 11, 1, 0x6e, 0x6c, 0, 0, 0, 0, 0, 0, 0, 1])
        field(
            "A",
            [0, 0, 0, 22, 0x74, 0, 0x53, 0, 0, 0, 1, 0x73, 0x41, 0, 0, 0, 1, 0x56]
                + [0x46, 0, 0, 0, 3, 1, 0x6b, 0x56])
        return UInt32(bytes.count).bytes + bytes
    }()

    private static let properties = Properties(
        contentType: "c", contentEncoding: "e", headers: fields, deliveryMode: 2, priority: 3,
        correlationID: "i",
        replyTo: "r", expiration: "1", messageID: "m", timestamp: 4, type: "t", userID: "u", appID: "a",
        clusterID: "g")

    private static let header: [UInt8] =
        [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xfc] + "c".short + "e".short + encoded + [2, 3]
        + "i".short + "r".short + "1".short + "m".short + [0, 0, 0, 0, 0, 0, 0, 4]
        + "t".short + "u".short + "a".short + "g".short

    private func withPeer(
        _ script: @escaping @Sendable (PeerConnection) -> Void, _ body: (AMQPConnection) async throws -> Void
    ) async throws {
        let peer = try ScriptedPeer { connection in
            connection.logIn()
            script(connection)
            connection.awaitEnd()
        }
        var broker = Broker(endpoints: [.init(host: "127.0.0.1", port: peer.port)])
        broker.operationTimeout = .milliseconds(200)
        try await withConnection(to: broker, body)
    }

    @Test func `what we write is what the specification says`() async throws {
        try await withPeer { peer in
            let method = peer.frame()
            let header = peer.frame()
            let body = peer.frame()
            let isRight =
                method?.payload == [0, 60, 0, 40, 0, 0] + "x".short + "k".short + [1]
                && header?.type == 2 && header?.payload == Self.header
                && body?.type == 3 && body?.payload == [7]
            peer.method(1, 60, isRight ? 80 : 120, UInt64(1).bytes + [0])
        } _: { connection in
            let message = AMQPMessage(
                exchange: "x", routingKey: "k", isMandatory: true, properties: Self.properties, body: [7])
            let result = await connection.publish(message)
            #expect(result == .confirmed)
        }
    }

    @Test func `we read what the specification says`() async throws {
        try await withPeer { peer in
            peer.await(60, 70)
            peer.method(1, 60, 71, UInt64(1).bytes + [1] + "x".short + "k".short + UInt32(0).bytes)
            peer.frame(2, 1, Self.header)
            peer.frame(3, 1, [7])
        } _: { connection in
            let delivery = try await connection.get("q")
            #expect(delivery?.isRedelivered == true)
            #expect(
                delivery?.message
                    == AMQPMessage(exchange: "x", routingKey: "k", properties: Self.properties, body: [7]))
        }
    }
}
