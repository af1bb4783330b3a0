import AMQP

extension Properties {
    /// Names the user who publishes, for the bridge's permissions.
    mutating func name(userOf link: AMQPConnection, of broker: Broker) {
        guard let user = link.user(of: broker) else { return }
        userID = user
    }
}

extension AMQPConnection {
    /// As whom it logged in by password. What a certificate comes to, only the broker knows, and it takes no other name.
    nonisolated func user(of broker: Broker) -> String? {
        broker.mechanism == .plain ? server.endpoint.user : nil
    }
}
