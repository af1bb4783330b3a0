/// What the simulator was asked and what it told: three bounded lists that tests read, and may wait on.
struct Journal: Sendable {
    private var requests: Ring<JournaledRequest>
    /// Kept apart, because polls would push everything else out.
    private var conversations: Ring<JournaledRequest>
    private var notifications: Ring<EmittedNotification>
    private var requestCount = 0
    private(set) var notificationCount = 0
    private var waiters: [Int: Waiter] = [:]
    private var lastWaiter = 0
    /// Operations that were begun and not answered.
    private var underWay: Set<Int> = []

    struct Waiter: Sendable {
        let isMet: @Sendable (Entry) -> Bool
        let continuation: AsyncStream<Entry>.Continuation
    }

    enum Entry: Sendable {
        case request(JournaledRequest)
        case notification(EmittedNotification)
        /// A connect of that agent is being held.
        case poll(agent: String)
        /// The agent has no CometD session any more.
        case gone(agent: String)
    }

    /// Where a request that is under way stands in the journal.
    struct Position: Sendable {
        let sequence: Int
        let isConversation: Bool
    }

    /// - Parameters: How many entries each list keeps, and how many bytes of them.
    init(limit: Int, byteLimit: Int) {
        requests = Ring(limit: limit, byteLimit: byteLimit)
        conversations = Ring(limit: limit, byteLimit: byteLimit)
        notifications = Ring(limit: limit, byteLimit: byteLimit)
    }

    mutating func begin(_ request: Received, agent: String?) -> Position {
        requestCount += 1
        let position = Position(sequence: requestCount, isConversation: request.isForCometD)
        if request.isForSwitch { underWay.insert(requestCount) }
        let entry = JournaledRequest(
            sequence: requestCount, time: Timestamp.now, method: request.method, path: request.target,
            agent: agent,
            body: String(decoding: request.body, as: UTF8.self), operationsUnderWay: underWay.count)
        if position.isConversation { conversations.append(entry) } else { requests.append(entry) }
        return position
    }

    mutating func note(_ fault: Fault, on position: Position) {
        change(position) { $0.fault = fault.summary }
    }

    /// Before an answer is on its way, so that who saw the effect finds the cause.
    mutating func executed(_ position: Position, _ executed: Bool) {
        change(position) { $0.executed = executed }
    }

    mutating func end(_ position: Position, _ answer: Answer, executed: Bool) {
        underWay.remove(position.sequence)
        change(position) { entry in
            entry.executed = executed
            entry.status = answer.ending == .cut ? nil : answer.status
            entry.isAnswered = true
        }
        let ring = position.isConversation ? conversations : requests
        if let entry = ring[position.sequence] { meet(.request(entry)) }
    }

    mutating func emitted(
        agent: String, channel: String, callID: String?, type: String?, data: String
    ) -> EmittedNotification {
        notificationCount += 1
        let notification = EmittedNotification(
            sequence: notificationCount, time: Timestamp.now, agent: agent, channel: channel, callID: callID,
            type: type, data: data)
        notifications.append(notification)
        meet(.notification(notification))
        return notification
    }

    mutating func held(by agent: String) { meet(.poll(agent: agent)) }
    mutating func gone(_ agent: String) { meet(.gone(agent: agent)) }

    func requests(after sequence: Int) -> [JournaledRequest] { requests.after(sequence) }
    func conversations(after sequence: Int) -> [JournaledRequest] { conversations.after(sequence) }
    func notifications(after sequence: Int) -> [EmittedNotification] { notifications.after(sequence) }

    /// Empties it; sequences go on.
    mutating func clear() {
        requests.clear()
        conversations.clear()
        notifications.clear()
    }

    private mutating func change(_ position: Position, _ change: (inout JournaledRequest) -> Void) {
        if position.isConversation {
            conversations.change(position.sequence, change)
        } else {
            requests.change(position.sequence, change)
        }
    }
}

extension Journal {
    var waiterCount: Int { waiters.count }

    /// The first entry from now on that meets the condition; none if the simulator stops. Who has it, or waits no more,
    /// says so with ``stopWaiting(_:)``.
    mutating func entry(
        where isMet: @escaping @Sendable (Entry) -> Bool
    ) -> (waiter: Int, stream: AsyncStream<Entry>) {
        let (stream, continuation) = AsyncStream<Entry>.makeStream()
        lastWaiter += 1
        waiters[lastWaiter] = Waiter(isMet: isMet, continuation: continuation)
        return (lastWaiter, stream)
    }

    mutating func stopWaiting(_ waiter: Int) { waiters[waiter] = nil }

    mutating func endWaiting() {
        for waiter in waiters.values { waiter.continuation.finish() }
        waiters = [:]
    }

    private mutating func meet(_ entry: Entry) {
        guard !waiters.isEmpty else { return }
        for (number, waiter) in waiters where waiter.isMet(entry) {
            waiters[number] = nil
            waiter.continuation.yield(entry)
            waiter.continuation.finish()
        }
    }
}

/// A request to GWS as it was received.
public struct JournaledRequest: Sendable, Hashable {
    /// Counts requests of every kind, from 1.
    public let sequence: Int
    /// Milliseconds since 1970.
    public let time: Int64
    public let method: String
    /// With the query, as it stood.
    public let path: String
    /// Who asked; nil if not authenticated.
    public let agent: String?
    public let body: String
    /// How many operations GWS was at when it came, itself counted.
    public let operationsUnderWay: Int
    /// Whether it did what it asked for: false if refused, or if a fault came before.
    public internal(set) var executed = false
    /// Whether an answer was sent, or the connection cut; false while it is under way.
    public internal(set) var isAnswered = false
    /// The HTTP status sent; nil if none was.
    public internal(set) var status: Int?
    /// The fault that met it.
    public internal(set) var fault: String?
}

/// A notification that GWS produced, whether or not anybody was subscribed.
public struct EmittedNotification: Sendable, Hashable {
    /// Counts all notifications, from 1.
    public let sequence: Int
    public let time: Int64
    public let agent: String
    public let channel: String
    public let callID: String?
    /// The notificationType.
    public let type: String?
    /// The JSON of `data`, byte for byte.
    public let data: String

    /// The JSON of the whole Bayeux message, byte for byte.
    public var message: String { #"{"data":\#(data),"channel":\#(JSON.string(channel).serialized)}"# }
}
