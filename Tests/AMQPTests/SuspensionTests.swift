import Glibc
import TestSupport
import Testing

@testable import AMQP

/// A process that stands still past the heartbeat. That its connection's thread does is all that the thread can tell.
@Suite struct SuspensionTests {
    /// Two connections, of which the first has this heartbeat.
    private func withTwo(
        heartbeat: Duration = .seconds(1),
        _ body: (_ stopped: AMQPConnection, _ other: AMQPConnection) async throws -> Void
    ) async throws {
        let node = try await PrivateBroker.shared
        var broker = node.broker()
        broker.heartbeat = heartbeat
        try await withConnection { other in
            try await withConnection(to: broker) { try await body($0, other) }
        }
    }

    private func expectSuspended(_ error: AMQPError?) {
        guard case .suspended = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.remedy == .tryAgain)
    }

    @Test func `what came while it stood still is not handed out`() async throws {
        try await withTwo { stopped, other in
            let queue = try await other.sharedQueue()
            let consumer = try await stopped.consume(queue, prefetch: 10)
            try await stopped.whileStandingStill {
                #expect(await other.publish(.to(queue)) == .confirmed)
            }
            let error = try await amqpError {
                for try await batch in consumer { Issue.record("\(batch.count) were handed out") }
            }
            expectSuspended(error)
            try await eventually(within: .seconds(20), "it is delivered to another") {
                try await other.get(queue) != nil
            }
        }
    }

    @Test func `what was handed out and not taken yet is dropped`() async throws {
        try await withTwo { stopped, other in
            let queue = try await other.sharedQueue()
            let consumer = try await stopped.consume(queue, prefetch: 10)
            #expect(await other.publish(.to(queue)) == .confirmed)
            try await eventually(within: .seconds(20), "it is delivered") { await stopped.unsettled == 1 }
            try await stopped.whileStandingStill {}
            let error = try await amqpError {
                for try await batch in consumer { Issue.record("\(batch.count) were handed out") }
            }
            expectSuspended(error)
        }
    }

    @Test func `what is published by it fails and may be published again`() async throws {
        try await withTwo { stopped, other in
            let queue = try await other.sharedQueue()
            let result = try await stopped.whileStandingStill { await stopped.publish(.to(queue)) }
            guard case .failed(let error) = result else {
                Issue.record("\(result)")
                return
            }
            expectSuspended(error)
            #expect(try await other.get(queue) == nil)
        }
    }

    @Test func `it is not alive before its thread has run again`() async throws {
        try await withTwo { stopped, _ in
            #expect(stopped.isAlive())
            try await stopped.whileStandingStill {
                try await eventually(within: .seconds(20), "it counts as given up") { !stopped.isAlive() }
            }
            expectSuspended(await stopped.ended())
            #expect(!stopped.isAlive())
        }
    }

    @Test func `an idle connection stays alive by heartbeats`() async throws {
        // The margin is a quarter of it, and the machine may be busy.
        try await withTwo(heartbeat: .seconds(4)) { stopped, _ in
            for _ in 0..<3 {
                let heard = stopped.status.lastHeard
                try await eventually(within: .seconds(20), "the broker is heard again") {
                    #expect(stopped.isAlive())
                    return stopped.status.lastHeard > heard
                }
            }
        }
    }

    @Test func `the broker is not counted on for longer than it waits`() async throws {
        try await withTwo { stopped, _ in
            #expect(!stopped.isAlive(at: .now + .seconds(2)))
        }
    }

    /// The link freezes when the fence has just begun to count anew: in the midst of talk, or long after it.
    @Test(arguments: [false, true]) func `what another is given of a frozen link is no longer ours`(
        isIdle: Bool
    ) async throws {
        let node = try await PrivateBroker.shared
        let link = try FrozenLink(to: node.port)
        var broker = node.broker(port: link.port)
        broker.heartbeat = .seconds(2)
        try await withConnection { other in
            let queue = try await other.sharedQueue()
            #expect(await other.publish(.to(queue)) == .confirmed)
            try await withConnection(to: broker) { frozen in
                let delivery = try #require(try await frozen.get(queue))
                let heard = frozen.status.lastHeard
                if isIdle {
                    try await eventually(within: .seconds(20), "the broker is heard unasked") {
                        frozen.status.lastHeard > heard
                    }
                }
                link.freeze()
                #expect(delivery.isOurs())
                for try await _ in try await other.consume(queue, prefetch: 1) {
                    #expect(!delivery.isOurs())
                    break
                }
                link.thaw()
            }
        }
    }

    @Test func `a delivery is not ours once its connection has ended`() async throws {
        try await withTwo { stopped, other in
            let queue = try await other.sharedQueue()
            #expect(await other.publish(.to(queue)) == .confirmed)
            let delivery = try #require(try await stopped.get(queue))
            #expect(delivery.isOurs())
            await stopped.close(within: .seconds(5))
            #expect(!delivery.isOurs())
        }
    }
}

extension AMQPConnection {
    fileprivate var unsettled: Int { acks.outstanding }

    /// A queue that outlives the connections that consume from it.
    fileprivate func sharedQueue() async throws(AMQPError) -> String {
        try await declare(Queue(name: uniqueName("queue"), durable: false)).name
    }

    /// Has the thread stand still for longer than a heartbeat of a second, and `body` done meanwhile.
    fileprivate func whileStandingStill<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let began = AsyncStream<Void>.makeStream()
        async let stop: Void = standStill { began.continuation.finish() }
        for await _ in began.stream {}
        let result = try await body()
        await stop
        return result
    }

    private func standStill(_ began: @Sendable () -> Void) {
        began()
        poll(nil, 0, 1600)
    }
}
