package import AMQP
package import GWS

/// A notification as it is published: the body byte for byte as GWS sent it, and beside it what a consumer wants to
/// know without parsing.
package struct Event: Sendable {
    package let agent: String
    package let notification: GWS.Notification
    /// The device it is about; a notification with several devices is one event each.
    package let deviceID: String?
    package let place: Continuity.Place
    /// The command that caused it, where that is known.
    package let cause: Expectations.Cause?
    package let origin: Origin
    /// Whether it was concluded: of a call that was not read any more, that it is over.
    package let isInferred: Bool

    /// The raw value stands in the header.
    package enum Origin: String, Sendable, CaseIterable {
        /// As GWS reported it.
        case live
        /// Read, after something may have been missed.
        case resync
    }

    package init(
        agent: String, notification: GWS.Notification, deviceID: String?, place: Continuity.Place,
        cause: Expectations.Cause? = nil, origin: Origin = .live, isInferred: Bool = false
    ) {
        self.agent = agent
        self.notification = notification
        self.deviceID = deviceID
        self.place = place
        self.cause = cause
        self.origin = origin
        self.isInferred = isInferred
    }

    /// - Parameter cloudEvents: whether it carries the attributes of ``CloudEvent``, too.
    package func message(names: Names, cloudEvents: Bool = false) -> AMQPMessage {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = notification.notificationType ?? notification.messageType
        properties.messageID = place.messageID(agent: agent)
        properties.timestamp = UInt64(clamping: notification.receivedAt / 1000)
        properties.appID = names.application
        var headers: FieldTable = [
            "gws-contract": 1,
            "gws-agent": .string(agent),
            "gws-channel": .string(notification.channel),
            "gws-received-at": .int64(notification.receivedAt),
            "gws-epoch": .string(place.epoch),
            "gws-sequence": .int64(place.sequence),
            "gws-origin": .string(origin.rawValue),
        ]
        headers["gws-generated-at"] = notification.generatedAt.map(FieldValue.int64)
        headers["gws-call-id"] = notification.callID.map(FieldValue.string)
        headers["gws-device-id"] = deviceID.map(FieldValue.string)
        headers["gws-message-type"] = notification.messageType.map(FieldValue.string)
        headers["gws-notification-type"] = notification.notificationType.map(FieldValue.string)
        headers["gws-call-state"] = notification.callState.map(FieldValue.string)
        headers["gws-recording-state"] = notification.recordingState.map(FieldValue.string)
        headers["gws-call-sequence"] = place.callSequence.map(FieldValue.int64)
        headers["gws-caused-by"] = (cause?.commandID).map(FieldValue.string)
        headers["traceparent"] = (cause?.traceparent).map(FieldValue.string)
        headers["tracestate"] = (cause?.tracestate).map(FieldValue.string)
        if isInferred { headers["gws-inferred"] = true }
        if cloudEvents { cloudEvent.add(to: &headers) }
        properties.headers = headers
        // A type so long that no consumer can have meant it; the body has it.
        properties.dropOverlong()
        return AMQPMessage(
            exchange: names.events,
            routingKey: routingKey.text,
            // One that no queue is bound for is no error, but is counted.
            isMandatory: true,
            properties: properties,
            body: Array(notification.body)
        )
    }

    package var routingKey: RoutingKey { RoutingKey(subject.kind, subject.id, [subject.what]) }

    private var cloudEvent: CloudEvent {
        CloudEvent(
            id: place.messageID(agent: agent), agent: agent,
            type: .notification(subject.kind, subject.what),
            subject: subject.kind == .agent ? nil : subject.id, at: notification.receivedAt)
    }

    /// What it is about, and what happened to that.
    private var subject: (kind: RoutingKey.Kind, id: String, what: String) {
        let messageType = notification.messageType ?? "-"
        if let callID = notification.callID {
            return (.call, callID, notification.notificationType ?? messageType)
        }
        if let deviceID { return (.device, deviceID, messageType) }
        return (.agent, agent, messageType)
    }
}
