import AMQP
import RawJSON

extension CallScreen {
    /// A command of ours is on its way.
    mutating func sent(_ operation: String, id: String, at now: ContinuousClock.Instant) {
        note(ScreenNote(sent: operation, id: id, at: now, limit: limit))
    }

    /// What the broker did with it.
    mutating func published(_ id: String, _ result: PublishResult) {
        switch result {
        case .confirmed: break
        case .returned:
            fail(id, "the broker could not route it; is the bridge running, with the same prefix?")
        case .nacked: fail(id, "the broker could not take it; try again")
        case .failed(let error): fail(id, "\(error)")
        }
    }

    mutating func fail(_ id: String, _ reason: String) {
        guard let position = notes.firstIndex(where: { $0.commandID == id }) else { return }
        notes[position].fail(reason)
    }

    /// A reply, or an outcome: they have the same body, and of a command of ours both come.
    mutating func take(outcome body: [UInt8], at now: ContinuousClock.Instant) {
        guard let reply = ReplyLine(body: body), let id = reply.reply["commandId"]?.string else { return }
        if let position = notes.lastIndex(where: { $0.commandID == id }) {
            notes[position].take(reply, at: now, limit: limit)
        } else if let agent, reply.reply["agent"]?.string == agent {
            let operation = reply.reply["operationName"]?.string ?? "?"
            note(ScreenNote(foreign: reply, operation: operation, id: id))
        }
    }
}
