/// The messages of one `publish`, and what has become of them.
///
/// Belongs to the connection's thread.
final class Batch {
    let id: Mailbox.ID
    let messages: [AMQPMessage]
    /// How long it waits to be begun, and then to be settled.
    let patience: Duration?
    /// Whether one of its messages was handed out to be written.
    fileprivate(set) var hasBegun = false
    fileprivate(set) var isInLastWait = false
    private var results: [PublishResult?]
    private var open: Int
    private var waiter: CheckedContinuation<[PublishResult], Never>?

    init(_ publishing: Mailbox.Publishing) {
        id = publishing.id
        messages = publishing.messages
        patience = publishing.patience
        waiter = publishing.waiter
        open = messages.count
        results = Array(repeating: nil, count: messages.count)
    }

    var isFinished: Bool { waiter == nil }

    /// The last result wakes the publisher.
    func settle(_ index: Int, _ result: PublishResult) {
        guard results[index] == nil else { return }
        results[index] = result
        open -= 1
        if open == 0 { finish(.closed) }
    }

    /// What is not settled yet ends with `error`.
    func finish(_ error: AMQPError) {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume(returning: results.map { $0 ?? .failed(error) })
    }
}

/// Messages from hand-over to confirm: those waiting to be written, the one half written, those out.
struct Outbox {
    struct Token {
        let batch: Batch
        let index: Int

        var message: AMQPMessage { batch.messages[index] }
    }

    /// A message whose head is on the wire, and how much of its body.
    struct Writing {
        let message: AMQPMessage
        var offset: Int
    }

    /// A batch that does not wait for ever. Once it is finished nothing holds on to its messages.
    private struct Impatient {
        weak var batch: Batch?
        let deadline: ContinuousClock.Instant
    }

    private var waiting = NumberedQueue<Batch>()
    /// Those that do not wait for ever, by when their time is over. Of those that are finished some may be left.
    private var impatient = NumberedQueue<Impatient>()
    private var nextIndex = 0
    private(set) var waitingCount = 0
    var writing: Writing?
    var confirms = Confirms<Token>()
    /// Since when there was something to write and no room for it.
    var stuckSince: ContinuousClock.Instant?

    var isEmpty: Bool { waiting.isEmpty && writing == nil && confirms.outstanding == 0 }

    mutating func append(_ batch: Batch, at now: ContinuousClock.Instant) {
        waiting.append(batch)
        if let patience = batch.patience {
            impatient.append(Impatient(batch: batch, deadline: now + patience))
        }
        waitingCount += batch.messages.count
    }

    /// The message to write next.
    mutating func next() -> Token? {
        guard let batch = waiting.first else { return nil }
        let index = nextIndex
        batch.hasBegun = true
        nextIndex += 1
        waitingCount -= 1
        if nextIndex == batch.messages.count { dropFirst() }
        return Token(batch: batch, index: index)
    }

    private mutating func dropFirst() {
        waiting.popFirst()
        nextIndex = 0
    }

    /// When the time of a batch may be over. All have about the same patience: one with less than those before it may
    /// wait as long as they do.
    var patienceEndsAt: ContinuousClock.Instant? {
        mutating get {
            while let first = impatient.first, first.batch?.isFinished ?? true { impatient.popFirst() }
            return impatient.first?.deadline
        }
    }

    /// Gives up those whose time is over. One that has been begun has as much again for the broker's answer.
    mutating func abandonOverdue(at now: ContinuousClock.Instant, _ error: AMQPError) {
        while let end = patienceEndsAt, end <= now, let batch = impatient.popFirst()?.batch {
            if batch.hasBegun, !batch.isInLastWait, let patience = batch.patience {
                batch.isInLastWait = true
                impatient.append(Impatient(batch: batch, deadline: now + patience))
            } else {
                abandon(batch.id, error)
            }
        }
    }

    /// Nobody waits for the batch of that number any more: what is not written never will be.
    mutating func abandon(_ id: Mailbox.ID, _ error: AMQPError) {
        for number in waiting.firstNumber..<waiting.nextNumber {
            guard let batch = waiting[number], batch.id == id else { continue }
            if number == waiting.firstNumber {
                waitingCount -= batch.messages.count - nextIndex
                dropFirst()
            } else {
                waitingCount -= batch.messages.count
                waiting.remove(number)
            }
            return batch.finish(error)
        }
        confirms.visit { if $0.batch.id == id { $0.batch.finish(error) } }
    }

    /// The connection has ended.
    mutating func abandonAll(_ error: AMQPError) {
        confirms.abandon { $0.batch.finish(error) }
        while let batch = waiting.popFirst() { batch.finish(error) }
        while impatient.popFirst() != nil {}
        waitingCount = 0
        writing = nil
    }
}
