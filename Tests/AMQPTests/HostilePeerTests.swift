import AMQP
import TestSupport
import Testing

/// What a broker should never send ends the connection with an error, or is taken as it is; it does not crash us.
@Suite struct HostilePeerTests {
    /// Delivers one message, of which the script says method, header and body, to a consumer.
    private func consume(
        _ send: @escaping @Sendable (PeerConnection) -> Void
    ) async throws -> Result<[Delivery]?, AMQPError> {
        let peer = try ScriptedPeer { connection in
            connection.logIn()
            connection.await(60, 10)
            connection.method(1, 60, 11)
            connection.await(60, 20)
            connection.method(1, 60, 21, "tag".short)
            send(connection)
            connection.awaitEnd()
        }
        var broker = Broker(endpoints: [.init(host: "127.0.0.1", port: peer.port)])
        broker.operationTimeout = .seconds(2)
        return try await withConnection(to: broker) { connection in
            do throws(AMQPError) {
                var iterator = try await connection.consume("q", prefetch: 1, tag: "tag").makeAsyncIterator()
                return .success(try await iterator.next())
            } catch {
                return .failure(error)
            }
        }
    }

    private static let deliver: [UInt8] = "tag".short + UInt64(1).bytes + [0] + "".short

    private static func header(size: UInt64, properties: [UInt8] = [0, 0]) -> [UInt8] {
        UInt16(60).bytes + UInt16(0).bytes + size.bytes + properties
    }

    @Test func `text that is not UTF-8 is taken with replacement characters`() async throws {
        let result = try await consume { peer in
            peer.method(1, 60, 60, Self.deliver + [3, 0x61, 0xff, 0x62])
            // Content type, and a header whose value is not text.
            let table: [UInt8] = [1, 0xfe] + [UInt8(ascii: "S")] + UInt32(2).bytes + [0xc3, 0x28]
            let properties: [UInt8] =
                UInt16(0xa000).bytes + [2, 0xff, 0xff] + UInt32(table.count).bytes + table
            peer.frame(2, 1, Self.header(size: 1, properties: properties))
            peer.frame(3, 1, [0xff])
        }
        let message = try #require(try result.get()?.first?.message)
        #expect(message.routingKey == "a\u{fffd}b")
        #expect(message.properties.contentType == "\u{fffd}\u{fffd}")
        #expect(message.properties.headers["\u{fffd}"] == .bytes([0xc3, 0x28]))
        #expect(message.body == [0xff])
    }

    @Test func `arrays nested as deep as a frame allows are cut off, not followed`() async throws {
        let result = try await consume { peer in
            peer.method(1, 60, 60, Self.deliver + "k".short)
            var nested: [UInt8] = []
            nested.reserveCapacity(131_000)
            let depth = 26_000
            for level in 0..<depth { nested += [UInt8(ascii: "A")] + UInt32((depth - level - 1) * 5).bytes }
            let table = "deep".short + nested
            let properties = UInt16(0x2000).bytes + UInt32(table.count).bytes + table
            peer.frame(2, 1, Self.header(size: 0, properties: properties))
        }
        var value = try #require(try result.get()?.first?.message.properties.headers["deep"])
        var depth = 0
        while let inner = value.array?.first { (value, depth) = (inner, depth + 1) }
        #expect(value == .void)
        #expect(depth > 32)
    }

    @Test(arguments: [1 << 40, UInt64.max])
    func `a body that is announced as endless ends the connection`(size: UInt64) async throws {
        let result = try await consume { peer in
            peer.method(1, 60, 60, Self.deliver + "k".short)
            peer.frame(2, 1, Self.header(size: size))
        }
        guard case .failure(.disconnected) = result else {
            Issue.record("\(result)")
            return
        }
    }

    static let disorder: [@Sendable (PeerConnection) -> Void] = [
        { $0.frame(3, 1, [1]) },
        { $0.frame(2, 1, header(size: 1)) },
        {
            $0.method(1, 60, 60, deliver + "k".short)
            $0.method(1, 60, 60, deliver + "k".short)
        },
        {
            $0.method(1, 60, 60, deliver + "k".short)
            $0.frame(2, 1, header(size: 1))
            $0.frame(3, 1, [1, 2])
        },
        { $0.method(1, 60, 21, "other".short) },
        { $0.method(1, 50, 11, "q".short + UInt32(0).bytes + UInt32(0).bytes) },
        { $0.method(1, 99, 99) },
        { $0.frame(1, 1, [0]) },
        { $0.frame(2, 1, []) },
        { $0.frame(1, 1, UInt16(60).bytes + UInt16(60).bytes + [200, 1]) },
        { $0.write([1, 0, 1, 0xff, 0xff, 0xff, 0xff]) },
        { $0.write([1, 0, 1, 0, 0, 0, 1, 0, 0]) },
        { $0.write(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) },
        // Longer than may be, with much behind it: the library must not be asked again.
        { $0.write(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 0x41, count: 1 << 16)) },
        { $0.write([1, 0, 1, 0, 2, 0, 0] + [UInt8](repeating: 0x42, count: 1 << 16)) },
        { $0.method(7, 60, 11) },
    ]

    @Test(arguments: disorder.indices)
    func `frames out of order or broken end the connection`(index: Int) async throws {
        let result = try await consume { Self.disorder[index]($0) }
        guard case .failure(.disconnected) = result else {
            Issue.record("\(result)")
            return
        }
    }

    @Test func `confirms of what was never published are ignored`() async throws {
        let peer = try ScriptedPeer { connection in
            connection.logIn()
            connection.method(1, 60, 80, UInt64(7).bytes + [0])
            connection.method(1, 60, 120, UInt64.max.bytes + [0])
            connection.await(60, 40)
            connection.method(1, 60, 80, UInt64(1).bytes + [0])
            connection.method(1, 60, 80, UInt64(1).bytes + [0])
            connection.awaitEnd()
        }
        var broker = Broker(endpoints: [.init(host: "127.0.0.1", port: peer.port)])
        broker.operationTimeout = .milliseconds(200)
        try await withConnection(to: broker) { connection in
            #expect(await connection.publish(.to("q")) == .confirmed)
        }
    }
}
