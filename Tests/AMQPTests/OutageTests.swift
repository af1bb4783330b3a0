import AMQP
import TestSupport
import Testing

extension OwnNodeTests {
    @Suite struct OutageTests {
        private static let noMemory = ["set_vm_memory_high_watermark", "0.00001"]
        private static let memory = ["set_vm_memory_high_watermark", "0.4"]

        private func withAlarm(_ node: PrivateBroker, _ body: () async throws -> Void) async throws {
            try await node.control(Self.noMemory[0], Self.noMemory[1])
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            try await node.control(Self.memory[0], Self.memory[1])
            try result.get()
        }

        @Test func `a broker out of memory blocks publishing, not the connection`() async throws {
            let node = try await OwnNode.node.broker
            var broker = node.broker()
            // Shorter than the alarm, which must not count.
            broker.confirmTimeout = .seconds(1)
            broker.operationTimeout = .seconds(1)
            try await withConnection(to: broker) { connection in
                let queue = try await connection.temporaryQueue()
                var held: Task<[PublishResult], Never>?
                try await withAlarm(node) {
                    held = Task { await connection.publish((0..<20).map { _ in .to(queue, size: 1 << 20) }) }
                    try await eventually(within: .seconds(20), "blocked") { connection.status.isBlocked }
                    #expect(connection.status.blockedReason?.contains("memory") == true)
                    // The broker does not read, so a call fails, but only that.
                    let error = try await amqpError { _ = try await connection.temporaryQueue() }
                    guard case .timedOut(let operation) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(operation.hasPrefix("queue.declare"))
                    // Somebody who will not wait that long need not.
                    let impatient = Task { await connection.publish(.to(queue)) }
                    impatient.cancel()
                    #expect(await impatient.value == .failed(.cancelled))
                }
                #expect(await held?.value == Array(repeating: .confirmed, count: 20))
                #expect(!connection.status.isBlocked)
                #expect(try await connection.temporaryQueue() != "")
            }
        }

        @Test func `a blocked connection closes in the time it is given`() async throws {
            let node = try await OwnNode.node.broker
            try await withConnection(to: node.broker()) { connection in
                let queue = try await connection.temporaryQueue()
                async let held = connection.publish((0..<20).map { _ in .to(queue, size: 1 << 20) })
                try await withAlarm(node) {
                    async let more = connection.publish((0..<20).map { _ in .to(queue, size: 1 << 20) })
                    try await eventually(within: .seconds(20), "blocked") { connection.status.isBlocked }
                    let began = ContinuousClock.now
                    await connection.close(within: .milliseconds(300))
                    #expect(.now - began < .seconds(10))
                    #expect(await more.contains(.failed(.closed)))
                }
                _ = await held
            }
        }

        @Test func `an operator who closes the connection is heard`() async throws {
            let node = try await OwnNode.node.broker
            try await withConnection(to: node.broker()) { connection in
                let queue = try await connection.temporaryQueue()
                let consumer = try await connection.consume(queue, prefetch: 1)
                try await node.control("close_all_connections", "go away")
                let error = try await amqpError { for try await _ in consumer {} }
                guard case .connectionClosed(320, let text) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(text.contains("go away"))
                #expect(error?.remedy == .tryAgain)
                #expect(await connection.ended() == error)
            }
        }

        @Test func `a broker that stops says so, and is found again`() async throws {
            let node = try await OwnNode.node.broker
            let queue = Queue(name: uniqueName("durable"))
            try await withConnection(to: node.broker()) { connection in
                _ = try await connection.declare(queue)
                let message = AMQPMessage.to(queue.name, properties: Properties(deliveryMode: 2))
                #expect(await connection.publish(message) == .confirmed)
                try await node.stop()
                let error = try await within(.seconds(10), "the end") { await connection.ended() }
                guard case .connectionClosed(320, _) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            let away = try await amqpError { try await withConnection(to: node.broker()) { _ in } }
            guard case .unreachable = away else {
                Issue.record("\(String(describing: away))")
                return
            }
            try await node.start()
            try await withConnection(to: node.broker()) { connection in
                #expect(try await connection.take(queue.name)?.text == "body")
                try await connection.delete(queue: queue.name)
            }
        }

        @Test func `a broker that is killed is lost at once`() async throws {
            let node = try await OwnNode.node.broker
            try await withConnection(to: node.broker()) { connection in
                try await node.kill()
                let error = try await within(.seconds(5), "the end") { await connection.ended() }
                guard case .disconnected = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            try await node.start()
        }

        @Test func `a broker that falls silent is lost by the heartbeat`() async throws {
            let node = try await OwnNode.node.broker
            var broker = node.broker()
            broker.heartbeat = .seconds(1)
            try await withConnection(to: broker) { connection in
                try await node.suspend()
                let error = try await within(.seconds(10), "the end") { await connection.ended() }
                try await node.resume()
                guard case .disconnected(let reason) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(reason.contains("heartbeat"))
            }
        }

        @Test func `confirms that stay out too long end the connection`() async throws {
            let node = try await OwnNode.node.broker
            var broker = node.broker()
            broker.heartbeat = .zero
            broker.confirmTimeout = .milliseconds(500)
            try await withConnection(to: broker) { connection in
                let queue = try await connection.temporaryQueue()
                try await node.suspend()
                let result = await connection.publish(.to(queue))
                try await node.resume()
                guard case .failed(.stalled) = result else {
                    Issue.record("\(result)")
                    return
                }
            }
        }

        @Test func `a call that stays unanswered ends the connection`() async throws {
            let node = try await OwnNode.node.broker
            var broker = node.broker()
            broker.heartbeat = .zero
            broker.operationTimeout = .milliseconds(500)
            try await withConnection(to: broker) { connection in
                try await node.suspend()
                let error = try await amqpError {
                    _ = try await connection.declare(Queue(name: "q"), passively: true)
                }
                try await node.resume()
                #expect(error == .timedOut(operation: "queue.declare q"))
                #expect(await connection.ended() == error)
            }
        }
    }
}
