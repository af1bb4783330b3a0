import AMQP
import Bayeux
import Bridge
import GWS
import RawJSON

/// The whole input is an answer to a poll; what is no meta message in it is a notification.
enum NotificationSubject {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let answer = RawJSON(fuzzed: bytes, limits: .init(depth: 512, allowsDuplicateKeys: true)) else {
            return
        }
        let messages = answer.kind == .array ? Array(answer.elements) : [answer]
        var continuity = Continuity(epoch: "0123456789abcdef", sequence: 41)
        for message in messages.map(BayeuxMessage.init).prefix(16) {
            let notification = Notification(
                message.json, channel: message.channel, receivedAt: 1_764_000_000_123)
            try expect(notification.body == message.json.bytes, "a notification is the bytes it was")
            try expect(notification.detached == notification, "a notification by itself says the same")
            let devices: [String?] =
                notification.deviceIDs.isEmpty ? [nil] : notification.deviceIDs.prefix(8).map(\.self)
            for device in devices {
                let event = Event(
                    agent: "5001@example.com", notification: notification, deviceID: device,
                    place: continuity.next(callID: notification.callID))
                try check(event)
            }
            for value in [message.json["data"]?["call"], message.json["data"], message.json].compactMap(
                \.self)
            {
                look(at: value)
            }
        }
    }

    private static func check(_ event: Event) throws(BrokenPromise) {
        let notification = event.notification
        let message = event.message(names: Names(prefix: "gws", version: "1"), cloudEvents: true)
        try expect(message.body == Array(notification.body), "an event is the bytes of the notification")
        try expect(
            message.routingKey.utf8.count <= RoutingKey.longest, "no key is longer than a broker takes")
        try expect(
            message.routingKey.utf8.count { $0 == UInt8(ascii: ".") } == 2,
            "an event's key has three segments")
        try expect(!message.routingKey.contains { "*#".contains($0) }, "no key is a wildcard")
        try expect(message.properties.isShort, "a broker takes the properties")
        try expect(message.properties.headers.encodedSize != nil, "a broker takes the headers")
        let headers = message.properties.headers
        let said = [
            ("gws-call-id", notification.callID), ("gws-device-id", event.deviceID),
            ("gws-message-type", notification.messageType),
            ("gws-notification-type", notification.notificationType),
            ("gws-call-state", notification.callState), ("gws-recording-state", notification.recordingState),
        ]
        for (name, value) in said {
            try expect(headers[name]?.string == value, "a header says what the notification does")
        }
        let kind = notification.callID != nil ? "call" : event.deviceID != nil ? "device" : "agent"
        try expect("\(MessageKind(routingKey: message.routingKey))" == kind, "the key says what it is about")
        for name in ["id", "source", "type", "subject", "time", "specversion"] {
            let attribute = headers["cloudEvents_\(name)"]?.string
            try expect(name == "subject" || attribute?.isEmpty == false, "a cloud event has what it must")
            try expect(attribute.map { $0.utf8.count <= 600 } ?? true, "an attribute has a bound")
        }
    }

    /// What of a call decides. Nothing of it may fail; one that has just been looked at has not changed.
    private static func look(at call: RawJSON) {
        _ = (call.isConsult, call.isOver, call.parentCallID, call.age, call.hasParty("5002"))
        _ = CommandOutcome.CallGlimpse(ofCall: call)
        for change in OperationCatalogue.all.compactMap(\.stateChange) {
            _ = (change.holds(of: call, after: call, before: call), change.aspect(of: call))
        }
    }
}

extension Properties {
    /// Whether its texts fit where a broker has them.
    var isShort: Bool {
        [
            contentType, contentEncoding, correlationID, replyTo, expiration, messageID, type, userID, appID,
            clusterID,
        ]
        .allSatisfy { $0.map { $0.utf8.count <= 255 } ?? true }
    }
}
