internal import CRabbitMQ

extension AMQPConnection {
    /// Sends a method when its turn has come, and waits for one of the methods that answer it.
    ///
    /// An answer that stays out for the operation timeout ends the connection, since it might still come and be taken
    /// for another's; but while the broker blocks us only this call fails.
    func call(
        _ operation: String,
        _ answers: amqp_method_number_t...,
        send: @escaping (ConnectionHandle) throws(AMQPError) -> Void
    ) async throws(AMQPError) -> Reply {
        guard closing == nil else { throw .closed }
        let id = mailbox.nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Result<Reply, AMQPError>, Never>) in
                enqueueCall(operation, answers, id: id, send: send) { waiter.resume(returning: $0) }
                if Task.isCancelled { mailbox.cancel(id) }
            }
        } onCancel: {
            mailbox.cancel(id)
        }
        return try result.get()
    }

    /// The same without waiting; for calls that belong together.
    func enqueueCall(
        _ operation: String,
        _ answers: [amqp_method_number_t],
        id: Mailbox.ID? = nil,
        send: @escaping (ConnectionHandle) throws(AMQPError) -> Void,
        complete: @escaping Call.Completion
    ) {
        switch phase {
        case .ended(let error):
            complete(.failure(error))
        case .open:
            calls.append(
                Call(
                    id: id ?? mailbox.nextID(),
                    operation: operation,
                    answers: answers,
                    send: send,
                    deadline: .now + settings.operationTimeout,
                    complete: complete
                ))
        }
    }
}
