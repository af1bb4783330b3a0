package import AMQP

/// What an event is counted as.
///
/// Only names that GWS is known to use are told apart, and whatever else it sends is `-`: its next version must not make
/// metrics without end.
package struct EventLabels: Sendable, Hashable {
    /// Where GWS published it; `-` for what the bridge itself says of a session.
    package let channel: String
    package let type: String
    package let origin: String

    /// - Parameter message: as it is published on the events exchange.
    package init(_ message: AMQPMessage) {
        let headers = message.properties.headers
        channel = headers["gws-channel"]?.string.flatMap(Self.channels.known) ?? "-"
        type = message.properties.type.flatMap(Self.types.known) ?? "-"
        origin = headers["gws-origin"]?.string.flatMap(Self.origins.known) ?? "-"
    }

    private static let channels: Set = [
        "/v2/me", "/v2/me/calls", "/v2/me/devices", "/v2/me/channels", "/v2/me/chats", "/v2/me/emails",
        "/v2/me/workitems", "/v2/me/state", "/v2/me/interactions", "/v2/users", "/notifications/services",
    ]

    private static let types = Set([
        "StatusChange", "ParticipantsUpdated", "AttachedDataChanged", "CallRecordingStateChange", "DtmfSent",
        "MonitoredUserMutedStateChange", "CallStateChangeMessage", "DeviceStateChangeMessage", "ErrorMessage",
        "ServiceStateChangeMessage", "ChannelStateChangeMessageV2", "WorkitemStateChangeMessage",
        "IMSessionStateChangeMessage", "FacebooksessionStateChangeMessage", "TweetOperationResponse",
        "PropertiesUpdated", "PasswordChangeSuccessful", "PasswordChangeError",
    ]).union(SessionMessage.Kind.allCases.map(\.rawValue))

    private static let origins: Set = ["live", "resync"]
}

extension Set<String> {
    fileprivate func known(_ name: String) -> String? { contains(name) ? name : nil }
}
