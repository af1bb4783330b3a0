import AMQP
import Foundation
import RawJSON

/// A message of the events exchange as a consumer understands it.
struct HeardEvent: Sendable {
    enum What: Sendable, Hashable {
        /// - Parameter at: Unix milliseconds.
        case started(previousEpoch: String?, at: Int64)
        case gap(Gap)
        /// With the ids of all calls that the agent has.
        case resynced(calls: [String])
        case ended(lastSequence: Int64)
        /// What GWS told, or would have told.
        case notification(Origin)
    }

    enum Origin: String, Sendable, Hashable {
        case live
        /// Concluded from reading.
        case resync
    }

    struct Gap: Sendable, Hashable {
        var previousEpoch: String?
        var lastSequence: Int64?
        /// Unix milliseconds; nil where nothing is known before.
        var from: Int64?
        var to: Int64
        var reason: String
    }

    let agent: String
    let epoch: String
    let sequence: Int64
    let callID: String?
    let callSequence: Int64?
    let callState: String?
    let what: What
    let message: AMQPMessage
    var at = ContinuousClock.now

    var id: String { message.properties.messageID ?? "" }
    var isLive: Bool { what == .notification(.live) }

    /// When its epoch began, in Unix milliseconds, if it says so.
    var beginning: Int64? {
        guard case .started(_, let at) = what else { return nil }
        return at
    }

    var gap: Gap? {
        guard case .gap(let gap) = what else { return nil }
        return gap
    }
}

extension HeardEvent {
    /// It lacks what the contract promises.
    struct Illegible: Error {
        let message: AMQPMessage
    }

    init(_ message: AMQPMessage) throws {
        let headers = message.properties.headers
        guard message.properties.messageID != nil, let agent = headers["gws-agent"]?.string,
            let epoch = headers["gws-epoch"]?.string, let sequence = headers["gws-sequence"]?.int,
            let origin = headers["gws-origin"]?.string.flatMap(Origin.init)
        else { throw Illegible(message: message) }
        self.agent = agent
        self.epoch = epoch
        self.sequence = sequence
        callID = headers["gws-call-id"]?.string
        callSequence = headers["gws-call-sequence"]?.int
        callState = headers["gws-call-state"]?.string
        self.message = message
        what =
            if message.routingKey.hasPrefix("session.") {
                try Self.session(message)
            } else {
                .notification(origin)
            }
    }

    private static func session(_ message: AMQPMessage) throws -> What {
        let body = try RawJSON(message.body)
        switch message.properties.type {
        case "Started":
            guard let at = try time(body["at"]) else { break }
            return .started(previousEpoch: body["previousEpoch"]?.string, at: at)
        case "Gap":
            guard let to = try time(body["to"]), let reason = body["reason"]?.string else { break }
            return .gap(
                Gap(
                    previousEpoch: body["previousEpoch"]?.string,
                    lastSequence: body["lastSequence"]?.int.map(Int64.init), from: try time(body["from"]),
                    to: to, reason: reason))
        case "Resynced":
            guard let calls = body["calls"] else { break }
            return .resynced(calls: calls.elements.compactMap(\.string))
        case "Ended":
            guard let last = body["lastSequence"]?.int else { break }
            return .ended(lastSequence: Int64(last))
        default: break
        }
        throw Illegible(message: message)
    }

    private static func time(_ json: RawJSON?) throws -> Int64? {
        guard let text = json?.string else { return nil }
        let date = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        return Int64((date.timeIntervalSince1970 * 1000).rounded())
    }
}
