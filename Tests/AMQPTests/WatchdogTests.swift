import CRabbitMQ
import TestSupport
import Testing

@testable import AMQP

@Suite struct WatchdogTests {
    /// librabbitmq 0.11 waits without limit when it publishes into a frozen link whose heartbeat is overdue. Our loop
    /// asks for the heartbeat first and never gets there, so the test calls the library itself.
    @Test func `a thread that hangs in the library is freed by shutting its socket`() async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        var broker = node.broker(port: link.port)
        broker.heartbeat = .seconds(1)
        let before = AMQPConnection.libraryStalls
        try await withConnection(to: broker) { connection in
            link.freeze()
            let status = try await within(.seconds(15), "the thread's return") {
                await connection.hangInTheLibrary()
            }
            #expect(status < 0)
            guard case .stalled = await connection.ended() else {
                Issue.record("\(await connection.ended())")
                return
            }
        }
        #expect(AMQPConnection.libraryStalls > before)
    }

    @Test func `who is not inside for too long is left alone`() throws {
        let watch = Watch()
        defer { watch.retire() }
        watch.enter(limit: .seconds(60))
        watch.leave()
        #expect(!watch.hasExpired)
    }

    @Test func `who waits without a socket is told`() async throws {
        let expired = AsyncStream<Void>.makeStream()
        let watch = Watch { expired.continuation.finish() }
        defer { watch.retire() }
        watch.enter(limit: .milliseconds(50))
        try await within(.seconds(10), "the watchdog's word") { for await _ in expired.stream {} }
        #expect(watch.hasExpired)
    }
}

extension AMQPConnection {
    fileprivate func hangInTheLibrary() -> Int32 {
        guard case .open(let handle) = phase else { return 0 }
        // Nobody reads meanwhile, so that the heartbeat is overdue: twice one second.
        poll(nil, 0, 2500)
        handle.watch.enter(limit: .seconds(1))
        defer { handle.watch.leave() }
        return amqp_basic_publish(
            handle.state, 1, amqp_empty_bytes, amqp_empty_bytes, 0, 0, nil, amqp_empty_bytes)
    }
}
