package import AMQP

/// An event as it is to be published, and where in its agent's order it stands.
package struct SpooledEvent: Sendable, Hashable {
    package let agent: String
    package let place: Continuity.Place
    /// When it came, Unix milliseconds.
    package let at: Int64
    package let message: AMQPMessage

    package init(agent: String, place: Continuity.Place, at: Int64, message: AMQPMessage) {
        self.agent = agent
        self.place = place
        self.at = at
        self.message = message
    }
}
