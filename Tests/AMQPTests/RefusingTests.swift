import AMQP
import TestSupport
import Testing

/// What would break the connection is refused before anything is written, and the connection goes on.
@Suite struct RefusingTests {
    static let long = String(repeating: "k", count: 256)

    static func nested(_ depth: Int) -> FieldValue {
        depth == 0 ? 1 : .array([nested(depth - 1)])
    }

    static let unsendable: [AMQPMessage] = [
        .to(long),
        AMQPMessage(exchange: long, routingKey: "", body: []),
        .to("q", properties: Properties(messageID: long)),
        .to("q", properties: Properties(contentType: long)),
        .to("q", properties: Properties(userID: long)),
        .to("q", properties: Properties(headers: [long: 1])),
        .to("q", properties: Properties(headers: ["outer": .array([["inner": [long: 1]]])])),
        // More than a frame holds: librabbitmq would notice after it had sent the frame before.
        .to("q", properties: Properties(headers: ["big": .string(String(repeating: "x", count: 140_000))])),
        .to("q", properties: Properties(headers: ["big": .bytes([UInt8](repeating: 0, count: 131_072))])),
        .to("q", properties: Properties(headers: FieldTable((0..<20_000).map { ("\($0)", .int64(1)) }))),
        .to("q", properties: Properties(headers: ["n": .uint64(.max)])),
        .to("q", properties: Properties(headers: ["deep": nested(100)])),
    ]

    @Test(arguments: unsendable.indices)
    func `a message that cannot be sent fails alone`(index: Int) async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            let results = await connection.publish([
                .to(queue, "before"), Self.unsendable[index], .to(queue, "after"),
            ])
            #expect(results[0] == .confirmed)
            #expect(results[2] == .confirmed)
            guard case .failed(.invalidMessage) = results[1] else {
                Issue.record("\(results[1])")
                return
            }
            #expect(try await connection.take(queue)?.text == "before")
            #expect(try await connection.take(queue)?.text == "after")
        }
    }

    @Test func `headers that just fit are sent, and one byte more is refused`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            // A frame of 131072 less its own 8, 14 of the header, 4 of the table, 1 + 3 for the key, 1 + 4 for the
            // text.
            let fitting = 131_072 - 8 - 14 - 4 - 4 - 5
            for (size, fits) in [(fitting, true), (fitting + 1, false)] {
                let headers: FieldTable = ["big": .string(String(repeating: "x", count: size))]
                let result = await connection.publish(.to(queue, properties: Properties(headers: headers)))
                #expect((result == .confirmed) == fits)
                if fits {
                    #expect(try await connection.take(queue)?.properties.headers == headers)
                }
            }
        }
    }

    @Test func `names of 255 bytes are sent, NUL and all`() async throws {
        try await withConnection { connection in
            let exchange = uniqueName("exchange")
            try await connection.declare(
                Exchange(name: exchange, kind: .direct, durable: false, autoDelete: true))
            let queue = try await connection.temporaryQueue()
            let key = "\0" + String(repeating: "ü", count: 127)
            try await connection.bind(Binding(source: exchange, destination: .queue(queue), routingKey: key))
            let message = AMQPMessage(exchange: exchange, routingKey: key, isMandatory: true, body: [])
            #expect(await connection.publish(message) == .confirmed)
            #expect(try await connection.take(queue)?.routingKey == key)
        }
    }

    @Test func `calls with names or arguments that cannot be sent are refused`() async throws {
        try await withConnection { connection in
            let big: FieldTable = ["big": .string(String(repeating: "x", count: 140_000))]
            let calls: [() async throws -> Void] = [
                { _ = try await connection.declare(Queue(name: Self.long)) },
                { _ = try await connection.declare(Queue(name: "q", arguments: big)) },
                { try await connection.declare(Exchange(name: Self.long, kind: .direct)) },
                { try await connection.declare(Exchange(name: "e", kind: .other(Self.long))) },
                {
                    try await connection.bind(
                        Binding(source: "e", destination: .queue("q"), routingKey: Self.long))
                },
                { try await connection.unbind(Binding(source: "e", destination: .exchange(Self.long))) },
                { try await connection.delete(queue: Self.long) },
                { try await connection.purge(queue: Self.long) },
                { try await connection.delete(exchange: Self.long) },
                { _ = try await connection.consume(Self.long, prefetch: 1) },
                { _ = try await connection.consume("q", prefetch: 1, tag: Self.long) },
                { _ = try await connection.get(Self.long) },
            ]
            for call in calls {
                guard case .invalidMessage = try await amqpError(call) else {
                    Issue.record("was not refused")
                    return
                }
            }
            #expect(try await connection.temporaryQueue() != "")
        }
    }
}
