package import AMQP

/// A command that came from the queue of those that no bridge was given: the broker could not route it, let it expire,
/// or gave it up.
///
/// What the broker knows is not all: one that expired after it was returned may have been sent. So a ledger that knows
/// of it goes before the outcome here.
package struct Undelivered: Sendable {
    package enum Fate: Sendable, Hashable {
        case ended(CommandOutcome)
        /// To be published once more, under the key that its agent is served by.
        case reroute(AMQPMessage)
    }

    /// The command as its producer published it, save for what the broker wrote into its headers.
    package let original: AMQPMessage
    /// By its key alone where the body must not be decoded.
    package let address: Address
    package let fate: Fate
    /// Whether the body may be read. Who read it last may have died of it.
    package let mayBeDecoded: Bool

    /// Marks what was rerouted, so that it is not a second time.
    package static let reroutedHeader = "gws-rerouted"

    /// Whether the broker writes it when it dead-letters. A producer can, too.
    static func isNote(_ header: String) -> Bool {
        header == "x-death" || header.hasPrefix("x-first-death-") || header.hasPrefix("x-last-death-")
    }

    /// - Parameters:
    ///   - message: as it was delivered.
    ///   - decoder: knows which agents are served.
    ///   - user: whom the bridge is to the broker. Only its own name may stand on what it publishes; the producer's is
    ///     then in `gws-user-id`, to be believed where this one is the `user_id`.
    package init(_ message: AMQPMessage, decoder: CommandDecoder, names: Names, user: String? = nil) {
        let death = Death(message, names)
        let original = death?.original(of: message, names) ?? message.withoutDeliveryCount
        self.original = original
        let producer = original.properties.producer(bridge: user)
        switch death?.reason {
        case nil:
            let (address, result) = decoder.decode(
                original.body, routingKey: original.routingKey, userID: producer)
            self.address = address
            mayBeDecoded = true
            fate = Self.fate(of: original, address, result, names, user)
        case .expired:
            address = decoder.decode(original.body, routingKey: original.routingKey, userID: nil).0
            mayBeDecoded = true
            fate = .ended(
                CommandOutcome(
                    .expired, reason: CommandOutcome.queueTTL,
                    detail: "The command expired in the queue before a bridge took it."))
        case .givenUp(let detail):
            address = Address(routingKey: original.routingKey)
            mayBeDecoded = false
            fate = .ended(
                CommandOutcome(.unknown, reason: CommandOutcome.deliveryLimit, detail: detail))
        }
    }

    /// Of what no queue was bound for.
    private static func fate(
        of original: AMQPMessage, _ address: Address, _ result: Result<Command, Rejection>, _ names: Names,
        _ user: String?
    ) -> Fate {
        let command: Command
        switch result {
        case .failure(let rejection): return .ended(rejection.outcome)
        case .success(let decoded): command = decoded
        }
        return passingOn(
            original, command, names, user,
            else: "No queue is bound for the agent, though this bridge serves it.")
    }

    /// What becomes of a command that came to the wrong place.
    ///
    /// - Parameter detail: what is wrong where it has been passed on before.
    package static func passingOn(
        _ original: AMQPMessage, _ command: Command, _ names: Names, _ user: String?, else detail: String
    ) -> Fate {
        guard original.properties.headers[reroutedHeader] == nil else {
            return .ended(Rejection(.agentUnknown, detail, field: "/agent").outcome)
        }
        let key = "command.\(RoutingKey.encode(command.agent)).\(RoutingKey.encode(command.operation.name))"
        guard key.utf8.count <= RoutingKey.longest else {
            let detail = "Agent and operation make a routing key that is too long."
            return .ended(Rejection(.invalidParameter, detail).outcome)
        }
        var message = original
        message.exchange = names.commands
        message.routingKey = key
        message.isMandatory = true
        var properties = message.properties
        // The others of these keys were not bound either, and may be by now.
        properties.headers["gws-cc"] = properties.headers["CC"]
        for name in ["CC", "BCC"] { properties.headers[name] = nil }
        properties.headers[reroutedHeader] = true
        // Whatever the producer wrote there itself must not pass for the broker's word.
        properties.headers["gws-user-id"] = properties.userID.map(FieldValue.string)
        properties.userID = user
        properties.deliveryMode = 2
        properties.dropOverlong()
        message.properties = properties
        return .reroute(message)
    }
}

/// What the broker noted of a message that it dead-lettered.
private struct Death {
    enum Reason {
        case expired
        /// With a sentence of why.
        case givenUp(String)
    }

    let reason: Reason
    /// The latest, which is the first of the list.
    private let note: FieldTable?

    /// Nil where it did not die: the alternate exchange gives on what was published as it is. A replay may carry the
    /// notes of a former life, and those tell nothing of this one.
    init?(_ message: AMQPMessage, _ names: Names) {
        let headers = message.properties.headers
        guard message.exchange != names.commands, headers.contains(where: { Undelivered.isNote($0.key) })
        else {
            return nil
        }
        note = headers["x-death"]?.array?.first?.table
        // Which died first is of no use where it has lived twice; newer brokers note the last.
        let word = note?["reason"] ?? headers["x-last-death-reason"] ?? headers["x-first-death-reason"]
        reason =
            switch word?.string {
            case "expired": .expired
            case "delivery_limit":
                .givenUp("The broker gave the command up: those who took it did not live to settle it.")
            case "maxlen": .givenUp("The broker dropped the command from a queue that was too long.")
            case "rejected": .givenUp("Somebody took the command from the queue and rejected it.")
            // Not of a broker that we know. Once more must nobody send it.
            default: .givenUp("The broker gave the command up, and does not legibly say why.")
            }
    }

    /// The key is still the one that it was published under: no queue of commands has another for its dead. The note's
    /// would be that of the first of several deaths of one kind: of those the broker only counts the later ones, even
    /// where a producer made the first one up.
    func original(of message: AMQPMessage, _ names: Names) -> AMQPMessage {
        var original = message.withoutDeliveryCount
        let isOfThisDeath = note?["count"]?.int == 1
        let noted = isOfThisDeath ? note?["exchange"]?.string?.short : nil
        original.exchange = noted ?? names.commands
        if original.properties.expiration == nil, isOfThisDeath {
            original.properties.expiration = note?["original-expiration"]?.string?.short
        }
        return original
    }
}

extension Properties {
    /// Who sent it, as the broker vouches; of what a bridge rerouted, as that bridge does.
    ///
    /// - Parameter user: whom the bridge is to the broker.
    package func producer(bridge user: String?) -> String? {
        guard let user, userID == user, headers[Undelivered.reroutedHeader] != nil else { return userID }
        return headers["gws-user-id"]?.string
    }
}

extension AMQPMessage {
    /// What the queue counted is its own.
    fileprivate var withoutDeliveryCount: AMQPMessage {
        var message = self
        message.properties.headers["x-delivery-count"] = nil
        return message
    }
}

extension String {
    /// Nil where it would not fit where a broker had it from.
    fileprivate var short: String? { utf8.count <= RoutingKey.longest ? self : nil }
}
