package import AMQP

/// A message of a bridge to a shard's own queue: whose consumer is the active one shows by who is given it. All processes
/// of the prefix hear it beside, by queues of their own.
///
/// It goes the way that commands go, so that a user who may take part in that may send it.
package struct Marker: Sendable, Hashable {
    package enum Standing: String, Sendable, CaseIterable {
        /// The sender consumes the queue, be it as a spare.
        case consuming
        /// It served the shard, and ends its sessions; whoever is active now waits for that.
        case leaving
        /// It has ended them.
        case left
    }

    /// The process, for the life of which it is the same.
    package let sender: String
    package let shard: Int
    /// Counts those of one sender and shard.
    package let number: Int
    package let standing: Standing

    private static let type = "gws-bridge.marker"

    package init(sender: String, shard: Int, number: Int, _ standing: Standing) {
        self.sender = sender
        self.shard = shard
        self.number = number
        self.standing = standing
    }

    /// - Returns: nil where it is something else, a command above all. The key counts, too: a producer that is permitted
    ///   those of commands only cannot make one up.
    package init?(_ message: AMQPMessage) {
        guard message.properties.type == Self.type, let shard = Self.shard(of: message.routingKey) else {
            return nil
        }
        let words = String(decoding: message.body.prefix(200), as: UTF8.self).split(separator: " ")
        guard words.count == 3, let number = Int(words[1]),
            let standing = Standing(rawValue: String(words[2]))
        else { return nil }
        self.init(sender: String(words[0]), shard: shard, number: number, standing)
    }

    /// A shard's queue is bound for it.
    package static func routingKey(of shard: Int) -> String { "shard.\(shard)" }

    /// Of any shard.
    package static let anyRoutingKey = "shard.*"

    /// - Returns: nil where the key is that of something else.
    private static func shard(of routingKey: String) -> Int? {
        routingKey.hasPrefix("shard.") ? Int(routingKey.dropFirst("shard.".count)) : nil
    }

    package func message(names: Names) -> AMQPMessage {
        var properties = Properties()
        // Of one that is lost another takes the place.
        properties.deliveryMode = 1
        properties.type = Self.type
        properties.appID = names.application
        return AMQPMessage(
            exchange: names.commands, routingKey: Self.routingKey(of: shard), properties: properties,
            body: Array("\(sender) \(number) \(standing.rawValue)".utf8))
    }
}
