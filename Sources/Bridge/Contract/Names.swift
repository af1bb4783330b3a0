/// The names on the broker, made of the configured prefix.
package struct Names: Sendable, Hashable {
    package let prefix: String
    /// `app_id` of what the bridge publishes.
    package let application: String

    package init(prefix: String, version: String = Bridge.version) {
        self.prefix = prefix
        application = "gws-bridge/\(version)"
    }

    /// The topic exchange and, as long as there is one shard, the queue.
    package var commands: String { "\(prefix).commands" }
    package var undelivered: String { "\(prefix).commands.undelivered" }
    package var events: String { "\(prefix).events" }
    /// The queue that keeps the events for who comes late.
    package var eventStream: String { "\(prefix).events.stream" }
    package var outcomes: String { "\(prefix).outcomes" }
    /// What the queues begin with by which the bridge hears itself.
    package var canary: String { "\(prefix).canary" }
    package var deadLetters: String { "\(prefix).dead-letters" }
}
