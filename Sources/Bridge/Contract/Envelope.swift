package import AMQP

/// What stands around a command's body: enough to answer it, whatever the body is.
package struct Envelope: Sendable, Hashable {
    /// The command's id: its `message_id`, or one that the bridge made up.
    package var id: String
    /// Whether the producer gave the id. Only then is a second command with it known for a duplicate.
    package let hasOwnID: Bool
    package let replyTo: String?
    package let correlationID: String?
    package let replies: Replies
    package let priority: UInt8
    /// Of W3C's trace context: the producer's, or of a trace that begins here.
    package let traceparent: String
    package let tracestate: String?
    /// Unix milliseconds; from then on the command is not sent.
    package let deadline: Int64
    /// Whether the producer set the deadline, and not the configured lifetime.
    package let hasOwnDeadline: Bool
    /// How long to wait for the state change; nil where the producer leaves that to the configuration.
    package let confirmWithin: Duration?
    /// Unix milliseconds.
    package let arrivedAt: Int64
    /// The same moment, for measuring from.
    package let arrival: ContinuousClock.Instant

    /// Whom and what the command is about, as far as it is legible.
    package var address = Address()

    /// Milliseconds. Whatever the producer allows: a broker closes the channel on who keeps a delivery unsettled for
    /// half an hour, and all others that it holds are delivered again.
    package static let longestHold: Int64 = 15 * 60 * 1000

    package var isUrgent: Bool { priority >= 5 }

    /// - Parameters:
    ///   - arrivedAt: Unix milliseconds.
    ///   - lifetime: milliseconds that a command without a deadline of its own has from its arrival.
    package init(
        _ properties: Properties, arrivedAt: Int64, arrival: ContinuousClock.Instant, lifetime: Int64,
        madeUpID: @autoclosure () -> String
    ) {
        let ownID = properties.messageID.flatMap { $0.isEmpty ? nil : $0 }
        id = ownID ?? madeUpID()
        hasOwnID = ownID != nil
        replyTo = properties.replyTo.flatMap { $0.isEmpty ? nil : $0 }
        correlationID = properties.correlationID
        replies = properties.headers["gws-reply"]?.string.flatMap(Replies.init) ?? .final
        priority = properties.priority ?? 0
        let trace = CommandTrace(properties.headers, of: id)
        (traceparent, tracestate) = (trace.parent, trace.state)
        let deadlines = [Self.deadline(properties), Self.expiry(properties)].compactMap(\.self)
        deadline = min(deadlines.min() ?? arrivedAt + lifetime, arrivedAt + Self.longestHold)
        hasOwnDeadline = !deadlines.isEmpty
        confirmWithin = Self.confirmWithin(properties).map { .milliseconds($0) }
        self.arrivedAt = arrivedAt
        self.arrival = arrival
    }

    private static func deadline(_ properties: Properties) -> Int64? {
        properties.headers["gws-deadline"]?.int
    }

    /// What may be asked for: no command is held longer.
    package static let confirmWithinRange: ClosedRange<Int64> = 1...longestHold

    private static func confirmWithin(_ properties: Properties) -> Int64? {
        properties.headers["gws-confirm-within"]?.int.flatMap {
            confirmWithinRange.contains($0) ? $0 : nil
        }
    }

    /// `expiration` is milliseconds from when the producer published, which only its `timestamp` (seconds) tells.
    private static func expiry(_ properties: Properties) -> Int64? {
        guard let timestamp = properties.timestamp.flatMap(Int64.init(exactly:)),
            let expiration = properties.expiration.flatMap(Int64.init)
        else { return nil }
        let (milliseconds, overflowed) = timestamp.multipliedReportingOverflow(by: 1000)
        let (expiry, overflowedToo) = milliseconds.addingReportingOverflow(expiration)
        return overflowed || overflowedToo ? nil : expiry
    }

    /// What is wrong with the headers that speak to the bridge.
    package static func rejection(of properties: Properties) -> Rejection? {
        if let replies = properties.headers["gws-reply"], replies.string.flatMap(Replies.init) == nil {
            return .invalidHeader("gws-reply", "must be final, accepted or both")
        }
        if let deadline = properties.headers["gws-deadline"], deadline.int == nil {
            return .invalidHeader("gws-deadline", "must be a whole number, the Unix time in milliseconds")
        }
        if properties.headers["gws-confirm-within"] != nil, confirmWithin(properties) == nil {
            let range = confirmWithinRange
            return .invalidHeader(
                "gws-confirm-within",
                "must be a whole number of milliseconds, \(range.lowerBound) to \(range.upperBound)")
        }
        if let encoding = properties.contentEncoding?.lowercased(),
            !["", "identity", "utf-8"].contains(encoding)
        {
            return Rejection(.malformed, "The content encoding must be UTF-8; nothing else is decoded.")
        }
        return nil
    }
}

extension Rejection {
    fileprivate static func invalidHeader(_ name: String, _ what: String) -> Rejection {
        Rejection(.invalidParameter, "The header \(name) \(what).")
    }
}
