/// The names on the broker, made of the configured prefix.
package struct Names: Sendable, Hashable {
    package let prefix: String
    /// `app_id` of what the bridge publishes.
    package let application: String
    /// What tells this process's messages from those of another; another after each start. Empty for who is no bridge.
    package let process: String

    package init(prefix: String, version: String = Bridge.version, process: String = "") {
        self.prefix = prefix
        self.process = process
        application = "gws-bridge/\(version)"
    }

    /// The topic exchange and, where there is one shard, its queue.
    package var commands: String { "\(prefix).commands" }

    /// The queue of a shard.
    package func commands(of shard: Int, _ shards: Shards) -> String {
        shards.count == 1 ? commands : "\(commands).\(shard)"
    }

    package var undelivered: String { "\(prefix).commands.undelivered" }
    package var events: String { "\(prefix).events" }
    /// The queue that keeps the events for who comes late.
    package var eventStream: String { "\(prefix).events.stream" }
    package var outcomes: String { "\(prefix).outcomes" }
    /// What the queues begin with by which the bridge hears itself.
    package var canary: String { "\(prefix).canary" }
    /// What the queues begin with by which the bridge hears other processes.
    package var others: String { "\(prefix).others" }
    package var deadLetters: String { "\(prefix).dead-letters" }
}
