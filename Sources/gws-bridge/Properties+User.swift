import AMQP

extension Properties {
    /// Names the user who publishes, for the bridge's permissions: as whom the link logged in by password. What a
    /// certificate comes to, only the broker knows, and it takes no other name.
    mutating func name(userOf link: AMQPConnection, of broker: Broker) {
        guard broker.mechanism == .plain else { return }
        userID = link.server.endpoint.user
    }
}
