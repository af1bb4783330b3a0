import AMQP
import TestSupport
import Testing

/// What the broker hears of a connection that has nothing to say.
@Suite struct HeartbeatTests {
    private static let frameType: UInt8 = 8

    /// The library alone would first be silent for a whole heartbeat.
    @Test func `an idle connection sends something every quarter of a heartbeat`() async throws {
        let (beats, beat) = AsyncStream<ContinuousClock.Instant>.makeStream()
        let peer = try ScriptedPeer { connection in
            connection.logIn()
            beat.yield(.now)
            while let frame = connection.frame() {
                if frame.type == Self.frameType { beat.yield(.now) }
            }
        }
        var broker = Broker(endpoints: [.init(host: "127.0.0.1", port: peer.port)])
        broker.heartbeat = .seconds(4)
        broker.operationTimeout = .seconds(2)
        try await withConnection(to: broker) { _ in
            let times = try await within(.seconds(20), "three have come") {
                await beats.prefix(4).reduce(into: [ContinuousClock.Instant]()) { $0.append($1) }
            }
            #expect(times.count == 4)
            for (one, next) in zip(times, times.dropFirst()) { #expect(next - one < .seconds(2)) }
        }
    }
}
