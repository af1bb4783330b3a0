import AMQP
import RawJSON

extension CallScreen {
    /// A command of ours is on its way.
    mutating func sent(_ command: CommandMessage, id: String, at now: ContinuousClock.Instant) {
        let title = title(of: command.operation, call: command.call)
        note(ScreenNote(sent: command, id: id, title: title, deadline: now + limit))
    }

    /// With whom the call is says more to a person than its id.
    private func title(of operation: String, call id: String?) -> String {
        let call = calls.first { $0.id == id }
        return ([operation.bounded(to: 60)] + (call?.participants.prefix(1) ?? [])).joined(separator: " ")
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
            let title = title(
                of: reply.reply["operationName"]?.string ?? "?", call: reply.reply["callId"]?.string)
            note(ScreenNote(foreign: reply, id: id, title: title))
        }
    }
}
