import AMQP
import Bridge

/// Publishes letters as commands, one after another, and removes each when the broker has the command.
struct Replayer: Sendable {
    let broker: Broker
    let names: Names
    let isDry: Bool
    /// Whether it does not matter what became of the call.
    let isForced: Bool
    let stateOfCall: CallInquiry.Answering

    /// - Throws: what keeps the others from being replayed; they stay as they are.
    func replay(
        _ letters: [LetterInHand], _ tell: (Letter, LetterReport.Result) -> Void
    ) async throws {
        var rest = letters[...]
        while !rest.isEmpty {
            // Another connection than the letters' own: an exchange that is gone ends the one that publishes to it.
            try await AMQPConnection.withConnection(
                to: broker, name: "gws-bridge dead-letters replay", logger: .silent
            ) { link in
                while let next = rest.popFirst() {
                    let (result, isOver) = try await replay(next, over: link)
                    tell(next.letter, result)
                    if isOver { return }
                }
            }
        }
    }

    /// - Returns: what came of it, and whether the connection has come to its end over it.
    private func replay(
        _ held: LetterInHand, over link: AMQPConnection
    ) async throws -> (LetterReport.Result, isOver: Bool) {
        if !isForced, let objection = await stateOfCall(held.letter).objection(held.letter) {
            return (.left(reason: objection), false)
        }
        let command = ReplayedCommand(
            held.letter, of: held.delivery.message, names: names, userID: link.user(of: broker))
        guard !isDry else { return (.done(messageID: command.id), false) }
        // A broker that is short of memory takes nothing, and does not say for how long.
        let result = try await within(broker.confirmTimeout + broker.operationTimeout) {
            await link.publish(command.message)
        }
        switch result {
        case .confirmed:
            held.delivery.acknowledge()
            return (.done(messageID: command.id), false)
        case .returned:
            let exchange = command.message.exchange
            let reason = "no queue takes it: exchange \"\(exchange)\", key \"\(command.message.routingKey)\""
            return (.untaken(reason: reason), false)
        case .nacked: return (.untaken(reason: "the broker could not take the command"), false)
        case .failed(.invalidMessage(let reason)):
            return (.left(reason: "it cannot be sent: \(reason)"), false)
        case .failed(let error):
            guard case .channelClosed = error else { throw error }
            return (.untaken(reason: "\(error)"), true)
        case nil:
            throw CommandFailure(.unavailable, "the broker takes no messages at present; try again later")
        }
    }
}
