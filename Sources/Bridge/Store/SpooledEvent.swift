package import AMQP

/// An event as it is to be published, and where in its agent's order it stands.
package struct SpooledEvent: Sendable, Hashable {
    package let agent: String
    package let place: Continuity.Place
    /// When it came, Unix milliseconds.
    package let at: Int64
    /// Unix milliseconds: what happened before is in this event or in those before it. The span that its loss leaves
    /// begins there, for GWS may have told it long before it came.
    package let since: Int64
    package let message: AMQPMessage
    /// Notifications up to this are withheld no longer, once the spool has the event that they have become.
    package let releases: WithheldNotification.ID?

    package init(
        agent: String, place: Continuity.Place, at: Int64, since: Int64? = nil, message: AMQPMessage,
        releases: WithheldNotification.ID? = nil
    ) {
        self.agent = agent
        self.place = place
        self.at = at
        self.since = min(since ?? at, at)
        self.message = message
        self.releases = releases
    }
}
