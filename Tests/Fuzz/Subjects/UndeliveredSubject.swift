import AMQP
import Bridge

/// A command that comes from the queue of those that no bridge was given.
enum UndeliveredSubject {
    private static let names = CommandSubject.names

    static func run(_ message: AMQPMessage, decoder: CommandDecoder) throws(BrokenPromise) {
        let undelivered = Undelivered(message, decoder: decoder, names: names, user: "bridge")
        try expect(undelivered.original.body == message.body, "an undelivered command is the one that it was")
        guard case .reroute(let rerouted) = undelivered.fate else { return }
        try expect(rerouted.body == message.body, "a rerouted command is the one that it was")
        try expect(rerouted.properties.userID == "bridge", "only its own name may the bridge publish under")
        try expect(
            rerouted.routingKey.isShort && rerouted.properties.isShort, "a broker takes a rerouted command")
        try expect(rerouted.properties.headers["CC"] == nil, "a rerouted command goes one way")

        let producer = message.properties.producer(bridge: "bridge")
        try expect(
            rerouted.properties.producer(bridge: "bridge") == producer,
            "who sent it is known when it is rerouted")
        let (address, result) = decoder.decode(
            rerouted.body, routingKey: rerouted.routingKey, userID: producer)
        try expect((try? result.get()) != nil, "what is rerouted is a command")
        try expect(
            Address(routingKey: rerouted.routingKey).agent == address.agent, "it is rerouted to its agent")

        let again = Undelivered(rerouted, decoder: decoder, names: names, user: "bridge")
        if case .reroute = again.fate { try expect(false, "a command is rerouted once") }
    }
}
