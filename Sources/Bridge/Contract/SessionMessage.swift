package import AMQP

/// What the bridge says of an agent's session on the events exchange: where an epoch begins, what may be missing, where
/// it ends.
package struct SessionMessage: Sendable {
    package enum What: Sendable, Hashable {
        case started(previousEpoch: String?, instance: String)
        /// - Parameters:
        ///   - from: Unix milliseconds, the last moment of which everything is known; nil where nothing is known
        ///     before.
        ///   - to: Unix milliseconds.
        case gap(previousEpoch: String?, lastSequence: Int64?, from: Int64?, to: Int64, reason: GapReason)
        case ended(lastSequence: Int64, reason: EndReason)

        var kind: Kind {
            switch self {
            case .started: .started
            case .gap: .gap
            case .ended: .ended
            }
        }
    }

    /// The raw value is the message's type and the last segment of its key.
    package enum Kind: String, Sendable, CaseIterable {
        case started = "Started"
        case gap = "Gap"
        case ended = "Ended"
    }

    package enum GapReason: String, Sendable, CaseIterable {
        case started
        case sessionLost = "session-lost"
        case pollLost = "poll-lost"
        case loggedOut = "logged-out"
    }

    package enum EndReason: String, Sendable, CaseIterable {
        case stopped
        case removed
        case loggedOut = "logged-out"
    }

    package let agent: String
    package let what: What
    package let place: Continuity.Place
    /// Unix milliseconds.
    package let at: Int64

    package func message(names: Names) -> AMQPMessage {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = what.kind.rawValue
        properties.messageID = place.messageID(agent: agent)
        properties.timestamp = UInt64(clamping: at / 1000)
        properties.appID = names.application
        properties.headers = [
            "gws-contract": 1,
            "gws-agent": .string(agent),
            "gws-received-at": .int64(at),
            "gws-epoch": .string(place.epoch),
            "gws-sequence": .int64(place.sequence),
            "gws-origin": "live",
        ]
        return AMQPMessage(
            exchange: names.events,
            routingKey: RoutingKey(.session, agent, [what.kind.rawValue]).text,
            isMandatory: false,
            properties: properties,
            body: body
        )
    }

    private var body: [UInt8] {
        var text = JSONText()
        text.add("agent", agent)
        text.add("epoch", place.epoch)
        switch what {
        case .started(let previousEpoch, let instance):
            text.add("previousEpoch", previousEpoch)
            text.add("at", Timestamp(at).text)
            text.add("instance", instance)
        case .gap(let previousEpoch, let lastSequence, let from, let to, let reason):
            text.add("previousEpoch", previousEpoch)
            text.add("lastSequence", lastSequence)
            text.add("from", from.map { Timestamp($0).text })
            text.add("to", Timestamp(to).text)
            text.add("reason", reason.rawValue)
        case .ended(let lastSequence, let reason):
            text.add("lastSequence", lastSequence)
            text.add("at", Timestamp(at).text)
            text.add("reason", reason.rawValue)
        }
        return text.closed
    }
}
