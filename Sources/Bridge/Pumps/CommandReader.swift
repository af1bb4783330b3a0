internal import AMQP

/// What a delivery asks for: a command to be done, one that has ended before it began, or one to be passed on.
struct CommandReader: Sendable {
    private let configuration: BridgeConfiguration
    private let names: Names
    private let shards: Shards
    private let decoder: CommandDecoder

    /// - Parameters:
    ///   - agents: who is served just now.
    ///   - permissions: as they are just now.
    init(
        _ configuration: BridgeConfiguration, _ names: Names, agents: Set<String>, permissions: Permissions
    ) {
        self.configuration = configuration
        self.names = names
        shards = Shards(configuration.commands.shards)
        decoder = CommandDecoder(
            agents: agents, allowedUnknown: configuration.allowedUnknownOperations, permissions: permissions)
    }

    func intake(of delivery: Delivery, by queue: CommandQueue) -> CommandDesk.Intake {
        queue.shard.map { sent(delivery, to: $0, by: queue) } ?? undelivered(delivery, by: queue)
    }

    private func sent(_ delivery: Delivery, to shard: Int, by queue: CommandQueue) -> CommandDesk.Intake {
        let message = delivery.message
        let (envelope, result) = read(message)
        var subject = result.subject(Envelope.rejection(of: message.properties))
        if case .command(let command) = subject, shards.shard(of: command.agent) != shard {
            let fate = Undelivered.passingOn(
                message, command, names, configuration.broker.onlyUser,
                else: "The command came by the queue of another shard than its agent's.")
            switch fate {
            case .reroute(let message): subject = .reroute(message)
            case .ended(let outcome): subject = .ended(outcome, command: command)
            }
        }
        return CommandDesk.Intake(
            delivery: delivery, message: message, envelope: envelope, subject: subject, queue: queue)
    }

    private func undelivered(
        _ delivery: Delivery, by queue: CommandQueue
    ) -> CommandDesk.Intake {
        let undelivered = Undelivered(
            delivery.message, decoder: decoder, names: names, user: configuration.broker.onlyUser)
        let original = undelivered.original
        var envelope = envelope(of: original)
        envelope.address = undelivered.address
        let subject: CommandDesk.Intake.Subject
        switch undelivered.fate {
        case .reroute(let message): subject = .reroute(message)
        case .ended(let outcome):
            // What is not legible ends all the same.
            let command = undelivered.mayBeDecoded ? try? read(original).1.get() : nil
            subject = .ended(outcome, command: command)
        }
        return CommandDesk.Intake(
            delivery: delivery, message: original, envelope: envelope, subject: subject, queue: queue)
    }

    private func read(_ message: AMQPMessage) -> (Envelope, Result<Command, Rejection>) {
        var envelope = envelope(of: message)
        let (address, result) = decoder.decode(
            message.body, routingKey: message.routingKey,
            userID: message.properties.producer(bridge: configuration.broker.onlyUser),
            traceparent: envelope.traceparent, tracestate: envelope.tracestate)
        envelope.address = address
        return (envelope, result)
    }

    private func envelope(of message: AMQPMessage) -> Envelope {
        Envelope(
            message.properties, arrivedAt: UnixTime.now(), arrival: .now,
            lifetime: configuration.commands.lifetime.milliseconds, madeUpID: MadeUpID.next())
    }
}

extension Result<Command, Rejection> {
    /// - Parameter rejection: what is wrong with the headers.
    fileprivate func subject(_ rejection: Rejection?) -> CommandDesk.Intake.Subject {
        if let rejection { return .ended(rejection.outcome, command: nil) }
        switch self {
        case .success(let command): return .command(command)
        case .failure(let rejection): return .ended(rejection.outcome, command: nil)
        }
    }
}
