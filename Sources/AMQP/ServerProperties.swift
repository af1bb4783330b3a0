/// Who the broker says it is, and where it was reached.
public struct ServerProperties: Sendable, Hashable {
    public let endpoint: Broker.Endpoint
    public let product: String
    public let version: String
    public let clusterName: String
    /// Such as `consumer_cancel_notify`; those the broker says it has.
    public let capabilities: Set<String>
    /// All of it, as the broker sent it.
    public let properties: FieldTable

    package init(endpoint: Broker.Endpoint, properties: FieldTable) {
        self.endpoint = endpoint
        self.properties = properties
        product = properties["product"]?.string ?? ""
        version = properties["version"]?.string ?? ""
        clusterName = properties["cluster_name"]?.string ?? ""
        capabilities = Set(
            (properties["capabilities"]?.table ?? [:]).compactMap { $0.value.bool == true ? $0.key : nil })
    }
}

/// How a connection was doing when it was asked.
public struct ConnectionStatus: Sendable, Hashable {
    /// The broker's words while an alarm keeps it from taking messages.
    public internal(set) var blockedReason: String?
    /// Messages written and not yet confirmed.
    public internal(set) var unconfirmed = 0
    /// Messages handed over and not yet written.
    public internal(set) var waiting = 0
    /// When bytes last came from the broker, be it a heartbeat.
    public internal(set) var lastHeard: ContinuousClock.Instant
    /// When the broker last confirmed a message, or refused to: at the earliest when it was ready to, at the opening of
    /// the connection and at the end of an alarm.
    public internal(set) var lastConfirmed: ContinuousClock.Instant

    init(lastHeard: ContinuousClock.Instant, lastConfirmed: ContinuousClock.Instant? = nil) {
        self.lastHeard = lastHeard
        self.lastConfirmed = lastConfirmed ?? lastHeard
    }

    public var isBlocked: Bool { blockedReason != nil }
}
