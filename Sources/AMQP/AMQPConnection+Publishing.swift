internal import CRabbitMQ

extension AMQPConnection {
    /// Publishes and returns when every message is settled, with the results in the order of the messages.
    ///
    /// Never throws: a message that cannot be sent says so in its own result. While the broker blocks us it waits;
    /// cancelling the task ends the waiting, and what is not settled by then fails as `cancelled`.
    ///
    /// - Parameter patience: For so long the messages may wait to be sent, and the broker may take then: what is not
    ///   settled fails as `timedOut`, all of them without any having been sent where the broker, or those before them,
    ///   took so long. Without it they wait as long as the connection lasts.
    public nonisolated func publish(
        _ messages: [AMQPMessage], patience: Duration? = nil
    ) async -> [PublishResult] {
        guard !messages.isEmpty else { return [] }
        let id = mailbox.nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                mailbox.publish(
                    Mailbox.Publishing(id: id, messages: messages, patience: patience, waiter: waiter))
                // A cancellation that came before the hand-over found nothing to cancel.
                if Task.isCancelled { mailbox.cancel(id) }
            }
        } onCancel: {
            mailbox.cancel(id)
        }
    }

    public nonisolated func publish(_ message: AMQPMessage) async -> PublishResult {
        await publish([message])[0]
    }

    /// Whether a message may be begun now, were there room for it.
    var mayPublish: Bool {
        outbox.waitingCount > 0 && blockedReason == nil && outbox.confirms.outstanding < settings.window
    }

    func publishWaiting(_ handle: ConnectionHandle, _ now: ContinuousClock.Instant) throws(AMQPError) {
        guard mayPublish, handle.room() > 0 else { return }
        handle.cork(true)
        while mayPublish, outbox.writing == nil, handle.room() > 0, let token = outbox.next() {
            let message = token.message
            do throws(AMQPError) {
                try WireSize.check(message, frameMax: settings.frameMax)
            } catch {
                token.batch.settle(token.index, .failed(error))
                continue
            }
            outbox.confirms.written(token, isMandatory: message.isMandatory, at: now)
            try handle.sendHead(of: message)
            if !message.body.isEmpty {
                outbox.writing = Outbox.Writing(message: message, offset: 0)
                try finishMessage(handle)
            }
        }
        handle.cork(false)
    }

    /// Goes on with the message that is half written, as far as there is room.
    func finishMessage(_ handle: ConnectionHandle) throws(AMQPError) {
        while var writing = outbox.writing, handle.room() > 0 {
            writing.offset += try handle.sendBody(of: writing.message, from: writing.offset)
            outbox.writing = writing.offset < writing.message.body.count ? writing : nil
        }
    }
}
