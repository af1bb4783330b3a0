import AMQP
import Logging
import NIOConcurrencyHelpers
import TestSupport

@testable import Bridge

extension StoreBench {
    var spoolFile: String { directory + "/events.sqlite" }

    func spool(
        isFile: Bool = true, _ bounds: SpoolBounds? = nil, logger: Logger = .silent,
        opened: @escaping @Sendable (SpoolDatabase) -> Void = { _ in }
    ) -> Spool {
        var store = store
        if !isFile { store.directory = nil }
        return Spool(store, bounds: bounds, logger: logger, opened: opened) { [time] in
            time.withLockedValue { $0 }
        }
    }

    /// Runs a spool in this directory, and stops it gracefully after the body.
    func withSpool<Result: Sendable>(
        isFile: Bool = true, _ bounds: SpoolBounds? = nil, _ body: @Sendable (Spool) async throws -> Result
    ) async throws -> Result {
        try await withRunning(spool(isFile: isFile, bounds), body)
    }
}

extension SpooledEvent {
    static func sample(
        _ sequence: Int64, of agent: String = "5001", epoch: String = "e1", at: Int64 = 1_000_000,
        size: Int = 10
    ) -> SpooledEvent {
        SpooledEvent(
            agent: agent, place: .init(epoch: epoch, sequence: sequence, callSequence: nil), at: at,
            message: AMQPMessage(
                exchange: "gws.events", routingKey: "call.A.StatusChange",
                body: [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: size)))
    }

    /// As many as the spool counts for it.
    var bytes: Int { SpoolRow(self).bytes }
}

extension [SpooledEvent] {
    static func samples(
        _ sequences: ClosedRange<Int64>, of agent: String = "5001", epoch: String = "e1",
        at: Int64 = 1_000_000
    ) -> [SpooledEvent] {
        sequences.map { .sample($0, of: agent, epoch: epoch, at: at) }
    }

    var sequences: [Int64] { map(\.place.sequence) }
}

extension Spool {
    /// Takes so many out, in portions.
    func take(_ count: Int, atMost portion: Int = 500) async throws -> [SpooledEvent] {
        var events: [SpooledEvent] = []
        while events.count < count {
            let missing = count - events.count
            let next = try await within(.seconds(30), "\(missing) more events") {
                try await self.next(atMost: Swift.min(portion, missing))
            }
            events += next.events
            try await remove(next)
        }
        return events
    }
}
