package import AMQP

/// What the bridge says of an agent's session on the events exchange: where an epoch begins, what may be missing, where
/// it ends.
package struct SessionMessage: Sendable {
    package enum What: Sendable, Hashable {
        case started(previousEpoch: String?, instance: String)
        /// - Parameters:
        ///   - lastSequence: of the last message of the epoch before. After a crash it is a lower bound: what was
        ///     published last may not have been noted.
        ///   - from: Unix milliseconds, the last moment of which everything is known; nil where nothing is known
        ///     before.
        ///   - to: Unix milliseconds.
        case gap(previousEpoch: String?, lastSequence: Int64?, from: Int64?, to: Int64, reason: GapReason)
        /// What may have been missed was read, and what differs was published.
        ///
        /// - Parameters:
        ///   - calls: the ids of all that the agent has, however many: any other is over.
        ///   - published: how many events told what differs.
        case resynced(calls: [String], devices: [String], published: Int)
        case ended(lastSequence: Int64, reason: EndReason)

        var kind: Kind {
            switch self {
            case .started: .started
            case .gap: .gap
            case .resynced: .resynced
            case .ended: .ended
            }
        }
    }

    /// The raw value is the message's type and the last segment of its key.
    package enum Kind: String, Sendable, CaseIterable {
        case started = "Started"
        case gap = "Gap"
        case resynced = "Resynced"
        case ended = "Ended"
    }

    package enum GapReason: String, Sendable, CaseIterable {
        /// The process began.
        case started
        /// The process became the one that serves the agent.
        case takenOver = "taken-over"
        /// GWS's server forgot the session.
        case sessionLost = "session-lost"
        /// An answer to a poll was lost, and could not be had again.
        case pollLost = "poll-lost"
        /// More had to wait for the broker than there was room for.
        case spoolFull = "spool-full"
        /// The session was not polled any more, and was begun anew.
        case stuck
        /// The agent's HTTP session ended.
        case loggedOut = "logged-out"
    }

    package enum EndReason: String, Sendable, CaseIterable {
        case stopped
        case removed
        case loggedOut = "logged-out"
        /// Another process serves the agent.
        case notActive = "not-active"
    }

    package let agent: String
    package let what: What
    package let place: Continuity.Place
    /// Unix milliseconds.
    package let at: Int64

    /// - Parameter cloudEvents: whether it carries the attributes of ``CloudEvent``, too.
    package func message(names: Names, cloudEvents: Bool = false) -> AMQPMessage {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = what.kind.rawValue
        properties.messageID = place.messageID(agent: agent)
        properties.timestamp = UInt64(clamping: at / 1000)
        properties.appID = names.application
        var headers: FieldTable = [
            "gws-contract": 1,
            "gws-agent": .string(agent),
            "gws-received-at": .int64(at),
            "gws-epoch": .string(place.epoch),
            "gws-sequence": .int64(place.sequence),
            "gws-origin": .string(Event.Origin.live.rawValue),
        ]
        if cloudEvents { cloudEvent.add(to: &headers) }
        properties.headers = headers
        return AMQPMessage(
            exchange: names.events,
            routingKey: RoutingKey(.session, agent, [what.kind.rawValue]).text,
            isMandatory: true,
            properties: properties,
            body: body
        )
    }

    private var cloudEvent: CloudEvent {
        CloudEvent(
            id: place.messageID(agent: agent), agent: agent, type: .session(what.kind), subject: nil, at: at)
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
        case .resynced(let calls, let devices, let published):
            text.add("at", Timestamp(at).text)
            text.add("calls", calls)
            text.add("devices", devices)
            text.add("published", published)
        case .ended(let lastSequence, let reason):
            text.add("lastSequence", lastSequence)
            text.add("at", Timestamp(at).text)
            text.add("reason", reason.rawValue)
        }
        return text.closed
    }
}
