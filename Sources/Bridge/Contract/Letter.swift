package import AMQP

/// A dead letter as it is found in its queue: what was wanted, and why it was not done.
///
/// The bridge made most of them (``DeadLetter``). Past the delivery limit of the undelivered commands the broker puts
/// them there itself: without our headers, and what stands in them is then somebody else's word.
package struct Letter: Sendable, Hashable {
    /// The command's id; of one that has none a digest, so that it can be named all the same.
    package let id: String
    package let outcome: String
    package let reason: String?
    package let detail: String?
    package let address: Address
    package let attempts: Int64?
    /// Unix milliseconds.
    package let failedAt: Int64?
    package let replayCount: Int64
    /// Where the producer had published it, as far as that is known.
    package let exchange: String?
    package let routingKey: String?

    package init(_ message: AMQPMessage, names: Names) {
        let headers = message.properties.headers
        let deaths = headers["x-death"]?.array?.compactMap(\.table) ?? []
        let isOfBroker = deaths.first?["queue"]?.string == names.undelivered
        let own = isOfBroker ? FieldTable() : headers

        let key = message.routingKey.split(separator: ".", maxSplits: 1).map(String.init)
        let keyTells = key.count == 2 && CommandOutcome.Kind(rawValue: key[0]) != nil
        outcome = own["gws-outcome"]?.string ?? (keyTells ? key[0] : CommandOutcome.Kind.unknown.rawValue)
        reason = own["gws-reason"]?.string ?? (keyTells && key[1] != "-" ? key[1] : nil)
        detail = own["gws-detail"]?.string ?? (isOfBroker ? Self.detail(of: deaths) : nil)
        attempts = own["gws-attempts"]?.int
        failedAt = own["gws-first-failed-at"]?.int ?? Self.time(of: deaths)
        replayCount =
            isOfBroker
            ? ReplayedCommand.count(of: headers) : ReplayedCommand.believed(own[ReplayedCommand.count]?.int)

        // The oldest entry is the last: the queue that the producer's message lay in.
        exchange = own["x-original-exchange"]?.string ?? deaths.last?["exchange"]?.string
        routingKey =
            own["x-original-routingKey"]?.string ?? deaths.last?["routing-keys"]?.array?.first?.string
        // What is not a command that could be sent still says whom and what it is about.
        address =
            CommandDecoder(agents: []).decode(
                message.body, routingKey: routingKey ?? message.routingKey, userID: nil
            ).0
        id =
            own["gws-command-id"]?.string.orNil ?? message.properties.messageID.orNil
            ?? Self.digest(message, of: routingKey, failedAt)
    }

    private static func detail(of deaths: [FieldTable]) -> String? {
        guard let death = deaths.first, let queue = death["queue"]?.string else { return nil }
        return "The broker put it aside: \(death["reason"]?.string ?? "no reason given") in \(queue)."
    }

    private static func time(of deaths: [FieldTable]) -> Int64? {
        guard let seconds = deaths.first?["time"]?.int else { return nil }
        let (milliseconds, overflowed) = seconds.multipliedReportingOverflow(by: 1000)
        return overflowed ? nil : milliseconds
    }

    /// The same each time that it is looked at. Two that are alike in everything are one.
    private static func digest(_ message: AMQPMessage, of routingKey: String?, _ failedAt: Int64?) -> String {
        let body = String(decoding: message.body, as: UTF8.self)
        return RoutingKey.digest(of: "\(routingKey ?? "")\n\(failedAt ?? 0)\n\(body)")
    }
}

extension String? {
    /// An empty id is none.
    fileprivate var orNil: String? { flatMap { $0.isEmpty ? nil : $0 } }
}
