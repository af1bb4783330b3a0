/// The messages of one `publish`, and what has become of them.
///
/// Belongs to the connection's thread.
final class Batch {
    let id: Mailbox.ID
    let messages: [AMQPMessage]
    private var results: [PublishResult?]
    private var open: Int
    private var waiter: CheckedContinuation<[PublishResult], Never>?

    init(_ publishing: Mailbox.Publishing) {
        id = publishing.id
        messages = publishing.messages
        waiter = publishing.waiter
        open = messages.count
        results = Array(repeating: nil, count: messages.count)
    }

    /// Nobody waits for the results any more.
    var isAbandoned: Bool { waiter == nil }

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

    private var waiting = NumberedQueue<Batch>()
    private var nextIndex = 0
    private(set) var waitingCount = 0
    var writing: Writing?
    var confirms = Confirms<Token>()
    /// Since when there was something to write and no room for it.
    var stuckSince: ContinuousClock.Instant?

    var isEmpty: Bool { waiting.isEmpty && writing == nil && confirms.outstanding == 0 }

    mutating func append(_ batch: Batch) {
        waiting.append(batch)
        waitingCount += batch.messages.count
    }

    /// The message to write next; those that nobody waits for any more are passed over.
    mutating func next() -> Token? {
        while let batch = waiting.first {
            let index = nextIndex
            let isTaken = !batch.isAbandoned
            let left = batch.messages.count - index
            waitingCount -= isTaken ? 1 : left
            if isTaken, left > 1 {
                nextIndex += 1
            } else {
                waiting.popFirst()
                nextIndex = 0
            }
            if isTaken { return Token(batch: batch, index: index) }
        }
        return nil
    }

    /// The batch of that number, if some of it is waiting or out.
    mutating func abandon(_ id: Mailbox.ID, _ error: AMQPError) {
        var number = waiting.firstNumber
        while number < waiting.nextNumber {
            if let batch = waiting[number], batch.id == id { return batch.finish(error) }
            number += 1
        }
        confirms.visit { if $0.batch.id == id { $0.batch.finish(error) } }
    }

    /// The connection has ended.
    mutating func abandonAll(_ error: AMQPError) {
        confirms.abandon { $0.batch.finish(error) }
        while let batch = waiting.popFirst() { batch.finish(error) }
        waitingCount = 0
        writing = nil
    }
}
