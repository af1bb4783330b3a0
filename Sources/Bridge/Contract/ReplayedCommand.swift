package import AMQP

/// A dead letter made a command again: as the producer published it, under an id of its own.
///
/// The id follows from the letter. A replay that was interrupted after the broker had it, and is done again, is known
/// to the bridge as a duplicate, and not done twice.
package struct ReplayedCommand: Sendable, Hashable {
    static let count = "gws-replay-count"
    static let of = "gws-replay-of"

    /// More often nobody has replayed one. Who says so made it up.
    private static let mostReplays: Int64 = 1_000_000

    package let message: AMQPMessage

    /// How often a command was replayed before: nothing is believed of one that does not say which it replays.
    static func count(of command: FieldTable) -> Int64 {
        command[of]?.string == nil ? 0 : believed(command[count]?.int)
    }

    /// Zero where it cannot be: the ids of further replays must differ.
    static func believed(_ count: Int64?) -> Int64 {
        count.map { (0...mostReplays).contains($0) ? $0 : 0 } ?? 0
    }

    package var id: String { message.properties.messageID ?? "" }

    /// - Parameter userID: who replays it: what they may do is what holds now, and not what the producer might.
    package init(_ letter: Letter, of original: AMQPMessage, names: Names, userID: String? = nil) {
        var properties = original.properties
        let count = letter.replayCount + 1
        properties.messageID = Self.id(of: letter, count)
        // What is past would make it expire at once.
        properties.expiration = nil
        properties.timestamp = nil
        properties.userID = userID
        // A queue with a name may still be read, and the answer has the correlation it waits for. These are gone.
        if properties.replyTo?.isOfAConnection == true { properties.replyTo = nil }
        properties.deliveryMode = 2
        properties.dropOverlong()
        properties.headers = FieldTable(
            properties.headers.filter { !Self.isLeftOut($0.key) }.map { ($0.key, $0.value) })
        properties.headers[Self.count] = .int64(count)
        properties.headers[Self.of] = .string(letter.id)

        let (exchange, key) = Self.destination(of: letter, names)
        message = AMQPMessage(
            exchange: exchange, routingKey: key, isMandatory: true, properties: properties,
            body: original.body)
    }

    /// The first one's id with the number of the replay, `c1/replay-2`; where that is too long, its digest's.
    private static func id(of letter: Letter, _ count: Int64) -> String {
        let before = "/replay-\(letter.replayCount)"
        let isReplay = letter.replayCount > 0 && letter.id.hasSuffix(before)
        let first = isReplay ? String(letter.id.dropLast(before.count)) : letter.id
        let id = "\(first)/replay-\(count)"
        // Unless the outcome's own id, which is longer by the outcome, has room, too.
        guard id.utf8.count > longest else { return id }
        return "\(RoutingKey.digest(of: first))/replay-\(count)"
    }

    private static let longest = RoutingKey.longest - "/unconfirmed".utf8.count

    /// What the dead letter added, what the broker adds on the way, and what speaks of a time that is past.
    private static func isLeftOut(_ name: String) -> Bool {
        DeadLetter.added.contains(name) || leftOut.contains(name) || Undelivered.isNote(name)
    }

    private static let leftOut: Set<String> = [
        "gws-deadline", "gws-rerouted", of, "CC", "BCC", "x-delivery-count", "x-acquired-count",
    ]

    /// Where it came from, if that is a way to the commands. Nothing else may a letter name: whoever wrote it would
    /// publish there with the rights of who replays it. A key that was not UTF-8 has grown as it arrived, perhaps past
    /// what a broker takes.
    private static func destination(of letter: Letter, _ names: Names) -> (exchange: String, key: String) {
        switch (letter.exchange, letter.routingKey) {
        case (names.commands, let key?) where key.utf8.count <= RoutingKey.longest: (names.commands, key)
        case ("", names.commands): ("", names.commands)
        default: (names.commands, key(of: letter.address))
        }
    }

    /// Without an agent the key names none, and the bridge takes the only one that it has.
    private static func key(of address: Address) -> String {
        guard let agent = address.agent, let operation = address.operationName else { return "command" }
        let key = "command.\(RoutingKey.encode(agent)).\(RoutingKey.encode(operation))"
        return key.utf8.count <= RoutingKey.longest ? key : "command"
    }
}

extension String {
    /// A queue that goes with its connection, and whose name nobody else gets.
    fileprivate var isOfAConnection: Bool {
        hasPrefix("amq.rabbitmq.reply-to") || hasPrefix("amq.gen-")
    }
}
