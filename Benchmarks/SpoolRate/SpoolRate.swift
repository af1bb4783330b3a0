import AMQP
import Bridge
import Foundation
import Logging

/// Appends many events to a spool and drains them again, and says how fast that was.
@main
struct SpoolRate {
    private static let agents = 50
    /// Events that come with one poll.
    private static let batch = 20
    private static let portion = 512
    private static let least = 5000.0

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let directory = arguments.first, let count = arguments.last.flatMap(Int.init) else {
            print("usage: spool-rate DIRECTORY EVENTS")
            exit(64)
        }
        var store = BridgeConfiguration.Store()
        store.directory = directory
        let spool = Spool(store, logger: Logger(label: "spool-rate"))
        let isFast = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await spool.run() }
            let each = count / agents / batch * batch
            let isFastIn = try await measure("in", each * agents) { try await append(each, to: spool) }
            let isFastOut = try await measure("out", each * agents) { try await drain(each * agents, spool) }
            group.cancelAll()
            try await group.waitForAll()
            return isFastIn && isFastOut
        }
        exit(isFast ? 0 : 1)
    }

    private static func append(_ count: Int, to spool: Spool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for agent in 1...agents {
                group.addTask {
                    var continuity = Continuity()
                    _ = continuity.begin("mb2k9-x7")
                    for _ in 0..<count / batch {
                        let events = (0..<batch).map { _ in event(of: "\(5000 + agent)", &continuity) }
                        try await spool.append(events)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func drain(_ count: Int, _ spool: Spool) async throws {
        var left = count
        while left > 0 {
            let portion = try await spool.next(atMost: portion)
            left -= portion.events.count
            try await spool.remove(portion)
        }
    }

    private static func event(of agent: String, _ continuity: inout Continuity) -> SpooledEvent {
        let place = continuity.next(callID: "00RV9H7S6O8V3BSHAG7GK2LAES00002M")
        let properties = Properties(
            contentType: "application/json",
            headers: [
                "gws-agent": .string(agent), "gws-call-id": "00RV9H7S6O8V3BSHAG7GK2LAES00002M",
                "gws-channel": "/v2/me/calls", "gws-message-type": "CallStateChangeMessage",
                "gws-notification-type": "StatusChange", "gws-call-state": "Established",
                "gws-recording-state": "NotRecording", "gws-epoch": .string(place.epoch),
                "gws-sequence": .int64(place.sequence), "gws-call-sequence": .int64(place.sequence),
                "gws-received-at": .int64(1_700_000_000_000), "gws-origin": "live", "gws-contract": .int32(1),
            ],
            deliveryMode: 2, messageID: place.messageID(agent: agent), timestamp: 1_700_000_000,
            type: "StatusChange", appID: "gws-bridge/0.1.0")
        return SpooledEvent(
            agent: agent, place: place, at: Int64(Date().timeIntervalSince1970 * 1000),
            message: AMQPMessage(
                exchange: "gws.events",
                routingKey: "call.00RV9H7S6O8V3BSHAG7GK2LAES00002M.StatusChange",
                properties: properties, body: [UInt8](repeating: UInt8(ascii: "x"), count: 1024)))
    }

    /// - Returns: whether it was fast enough.
    private static func measure(
        _ what: String, _ count: Int, _ body: () async throws -> Void
    ) async throws -> Bool {
        let (clock, used) = (ContinuousClock(), cpu())
        let time = try await clock.measure { try await body() }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = Double(count) / seconds
        print(
            "\(what): \(count) events, \(Int(rate)) a second, \(Int((cpu() - used) / Double(count) * 1e6)) CPU ms/1000"
                + (rate < least ? "  BROKEN: the limit is \(Int(least)) a second" : ""))
        return rate >= least
    }

    /// Of all threads of the process, in seconds.
    private static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
