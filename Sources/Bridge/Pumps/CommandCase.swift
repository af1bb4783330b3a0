internal import AMQP
internal import GWS

/// A delivery that is to be answered and settled. It goes through many hands, and none of them changes it.
final class CommandRequest: Sendable {
    /// Unique in this process.
    let number: Int
    let delivery: Delivery
    /// The command as its producer sent it: of one that the broker gave up, not what was delivered.
    let message: AMQPMessage
    let envelope: Envelope
    /// The desk's number of the link that it was delivered by.
    let link: Int
    /// That it was delivered by.
    let queue: CommandQueue

    init(
        number: Int, delivery: Delivery, message: AMQPMessage, envelope: Envelope, link: Int,
        queue: CommandQueue
    ) {
        self.number = number
        self.delivery = delivery
        self.message = message
        self.envelope = envelope
        self.link = link
        self.queue = queue
    }

    /// Whose other process may be given it; nil where none can be, or where any may see to it.
    var shard: Int? { queue.isDeleted ? nil : queue.shard }

    /// Whether nobody else can have been given it meanwhile.
    func isOurs() -> Bool { delivery.isOurs() || queue.isDeleted }
}

/// A command on its way from the queue to its final outcome: all that is known of it, handed from one who works on it
/// to the next.
///
/// Not checked by the compiler: whoever has it is alone with it, be that the desk or the worker that the desk has given it
/// to. It is too large to be copied at each of its many steps.
final class CommandCase: @unchecked Sendable {
    /// The number of the delivery that it began with.
    let number: Int
    /// Its last delivery.
    var request: CommandRequest
    let command: Command
    var course: CommandCourse
    /// The command's, or what was made of it with what only GWS knows.
    var operation: OperationDraft {
        get { completed ?? command.operation }
        set { completed = newValue }
    }
    private var completed: OperationDraft?
    var entry: LedgerEntry
    var hasBegun = false
    /// Unix milliseconds.
    var waitsUntil: Int64 = .min
    /// The time that it waited for, once that is over.
    var wokenFor: Int64 = .min
    var firstFailedAt: Int64?
    /// Milliseconds from its arrival.
    var acceptedAfter: Int64?
    /// Whether its requester was told that GWS took it.
    var isAcceptanceTold = false

    init(_ request: CommandRequest, _ command: Command, course: CommandCourse, entry: LedgerEntry) {
        number = request.number
        self.request = request
        self.command = command
        self.course = course
        self.entry = entry
    }

    var envelope: Envelope { request.envelope }

    /// It has been delivered again.
    func follow(_ later: CommandRequest) {
        request = later
        entry.deliveryCount = later.delivery.deliveryCount
    }

    /// Unix milliseconds by the steady clock; not before what it waited for.
    var now: Int64 { max(UnixTime.steady(), wokenFor) }

    func verdict(_ outcome: CommandOutcome, isFinal: Bool = true) -> Verdict {
        Verdict(
            outcome, isFinal: isFinal, attempts: course.attempts.count, acceptedAfter: acceptedAfter,
            finishedAfter: elapsed, firstFailedAt: firstFailedAt, deviceID: operation.deviceID)
    }

    /// Milliseconds since its arrival.
    var elapsed: Int64 { (ContinuousClock.now - envelope.arrival).milliseconds }
}
