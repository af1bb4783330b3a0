internal import CRabbitMQ

/// What the broker answered to a call.
enum Reply: Sendable {
    case done
    case queue(QueueStatus)
    case count(Int)
    case tag(String)
    case delivery(Delivery?)
}

/// A method that the broker answers, from the request to the answer.
struct Call {
    typealias Completion = (Result<Reply, AMQPError>) -> Void

    let id: Mailbox.ID
    /// In the broker's words, such as `queue.declare`, with the name it is about.
    let operation: String
    /// The methods that may answer it.
    let answers: [amqp_method_number_t]
    let send: (ConnectionHandle) throws(AMQPError) -> Void
    var deadline: ContinuousClock.Instant
    var isSent = false
    /// nil once nobody waits: the answer is then awaited only to be dropped.
    var complete: Completion?
}

/// The calls of a channel in their order; the protocol allows one to be under way.
struct Calls {
    private var queue: [Call] = []

    var isEmpty: Bool { queue.isEmpty }

    /// The call to send next, if none is under way.
    var next: Call? { queue.first.flatMap { $0.isSent ? nil : $0 } }

    /// The earliest time at which a call is overdue.
    var deadline: ContinuousClock.Instant? { queue.lazy.map(\.deadline).min() }

    mutating func append(_ call: Call) { queue.append(call) }

    mutating func sent() { queue[0].isSent = true }

    /// The call that `method` answers; nil if none is waiting for it.
    mutating func answered(by method: amqp_method_number_t) -> Call? {
        guard let call = queue.first, call.isSent, call.answers.contains(method) else { return nil }
        return queue.removeFirst()
    }

    /// Nobody waits for it any more. One that was sent still has its answer coming.
    mutating func abandon(_ id: Mailbox.ID) -> Call.Completion? {
        guard let index = queue.firstIndex(where: { $0.id == id }) else { return nil }
        let complete = queue[index].complete
        if queue[index].isSent { queue[index].complete = nil } else { queue.remove(at: index) }
        return complete
    }

    func overdue(at now: ContinuousClock.Instant) -> Call? {
        queue.first { $0.deadline <= now }
    }

    /// The calls left get until `deadline`, as the broker could not read before.
    mutating func extend(to deadline: ContinuousClock.Instant) {
        for index in queue.indices { queue[index].deadline = max(queue[index].deadline, deadline) }
    }

    /// The answer to drop is waited for until `deadline`.
    mutating func extendUnderWay(to deadline: ContinuousClock.Instant) {
        if let call = queue.first, call.isSent, call.complete == nil { queue[0].deadline = deadline }
    }

    /// Those that somebody waits for and are overdue, as abandoned.
    mutating func abandonOverdue(at now: ContinuousClock.Instant) -> [(
        operation: String, complete: Call.Completion
    )] {
        queue.filter { $0.deadline <= now }.compactMap { call in
            abandon(call.id).map { (call.operation, $0) }
        }
    }

    mutating func removeAll() -> [Call] {
        defer { queue = [] }
        return queue
    }
}
