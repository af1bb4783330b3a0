/// The Bayeux conversation as a value: what to send next, and what an answer means.
///
/// Handshake, subscribe, a first connect that is answered at once, then connects that the server holds until it has
/// something to say. It knows no sockets and no clock, `BayeuxClient` carries it out. It outlives its connection: after
/// a cut poll the same client id goes on, for as long as the server remembers it.
public struct BayeuxSession: Sendable {
    /// Why a client id is a new one.
    public enum StartReason: Sendable, Hashable {
        case first
        /// The server does not know the old one any more.
        case forgotten
        /// The server asked for a new handshake.
        case advised
        /// The session that it belonged to is gone.
        case loginLost
        /// The conversation stood still.
        case stuck
    }

    public enum Event: Sendable, Equatable {
        /// A new client id is subscribed, and its first connect was answered. What happened before may have been
        /// missed.
        case started(StartReason)
        /// The same client id goes on, but an answer was lost, and with it what it held.
        case pollLost
        /// Data messages in their order.
        case messages([BayeuxMessage])
        /// A connect was answered without any.
        case quiet
    }

    /// An answer later than this after the server's own time is none (the CometD clients' `maxNetworkDelay`).
    static let networkDelay = Duration.seconds(10)

    /// So many empty answers in a row may come at once, where they should have been held back.
    private static let toleratedHaste = 3

    private enum Phase: Sendable {
        case handshake
        case subscribe(clientID: String)
        case connect(clientID: String)
    }

    private struct Acknowledgement: Sendable {
        var handled: Int
        var received: Int
    }

    private let subscriptions: [String]
    private let offersAcknowledgement: Bool
    private var hastyAnswers = 0

    private var phase = Phase.handshake
    /// Set until the start has been told.
    private var startReason: StartReason? = .first
    /// Arrived before the start could be told.
    private var early: [BayeuxMessage] = []
    private var pending: [Event] = []
    /// Ask that the next connect be answered at once.
    private var isImmediate = true
    /// Whether an answer was lost and that is not told yet.
    public private(set) var hasLostPoll = false
    /// Whether the last connect got no answer that could be read.
    public private(set) var hasLostAnswer = false
    /// Answers in a row that could not be read, where the server sends them again until they are acknowledged.
    private var illegible = 0
    private var acknowledgement: Acknowledgement?
    /// What came with the batch that was received last, where the server waits for acknowledgement: the same under the
    /// same number is the same, sent again.
    private var lastBatch: [BayeuxMessage] = []
    private var interval = Duration.zero
    /// CometD's own default, until the server says.
    private var timeout = Duration.seconds(30)
    private var lastID = 0
    /// New starts since a connect was last held and answered.
    private var restarts = 0

    public init(subscriptions: [String], offersAcknowledgement: Bool) {
        self.subscriptions = subscriptions
        self.offersAcknowledgement = offersAcknowledgement
    }

    /// Whether the server granted acknowledgement.
    public var acknowledges: Bool { acknowledgement != nil }

    /// The server's id for this client, once it gave one.
    public var clientID: String? {
        switch phase {
        case .handshake: nil
        case .subscribe(let clientID), .connect(let clientID): clientID
        }
    }

    /// How long after one answer to a poll the next may take.
    public var patience: Duration { interval + timeout + Self.networkDelay }

    // MARK: What to send

    /// The next request. To be asked for when the last answer was received and its events are handled: what came with
    /// it is thereby acknowledged.
    public mutating func next() -> BayeuxRequest {
        if let received = acknowledgement?.received { acknowledgement?.handled = received }
        var request: BayeuxRequest
        switch phase {
        case .handshake:
            request = .handshake(id: nextID(), offersAcknowledgement: offersAcknowledgement)
            early = []
            request.pause = interval
        case .subscribe(let clientID):
            request = .subscribe(id: nextID(), clientID: clientID, to: subscriptions)
        case .connect(let clientID):
            request = .connect(
                id: nextID(), clientID: clientID, acknowledging: acknowledgement?.handled,
                isImmediate: isImmediate)
            if !isImmediate {
                request.isHeld = true
                // A server that neither holds connects nor wants a pause would be asked without end.
                let isHasty = timeout == .zero || hastyAnswers > Self.toleratedHaste
                request.pause = isHasty ? max(interval, .seconds(1)) : interval
            }
            request.timeout = (isImmediate ? .zero : timeout) + Self.networkDelay
        }
        return request
    }

    /// Leaves the server, and forgets the client id.
    public mutating func disconnect() -> BayeuxRequest? {
        guard let clientID else { return nil }
        let request = BayeuxRequest.disconnect(id: nextID(), clientID: clientID, from: subscriptions)
        lastID += 1
        startAnew(because: .first)
        return request
    }

    /// Forgets the client id, so that the next request is a handshake.
    public mutating func startAnew(because reason: StartReason) {
        for case .started(let untold) in pending { startReason = untold }
        pending = []
        forgetClientID(because: reason)
    }

    // MARK: What came of it

    /// Takes an answer in. Its events wait in `event`; the failure, if any, is to be thrown when they are handled.
    ///
    /// - Parameter elapsed: from the request's being sent.
    public mutating func receive(
        _ answer: [UInt8], to request: BayeuxRequest, after elapsed: Duration? = nil
    ) -> BayeuxError? {
        let messages: [BayeuxMessage]
        do throws(BayeuxError) {
            messages = try BayeuxMessage.messages(of: answer)
        } catch {
            lose(request, isIllegible: true)
            return error
        }
        var data: [BayeuxMessage] = []
        var replies: [BayeuxMessage] = []
        for message in messages {
            if !message.isMeta {
                // Anything else is no message of Bayeux's: a page of an error, perhaps.
                if message.isData { data.append(message) }
            } else if message.channel == request.channel, message.id == nil || message.id == request.id {
                replies.append(message)
            }
        }
        guard let reply = replies.first(where: { !$0.isSuccessful }) ?? replies.first else {
            let comesAgain = request.kind == .connect && acknowledgement != nil
            lose(request, isIllegible: true)
            // What was not acknowledged comes again.
            if !comesAgain { take(data) }
            return .unanswered(channel: request.channel)
        }
        for advice in replies.compactMap(\.advice) { follow(advice) }
        guard isAwaiting(request.kind) else {
            // Left in the meantime.
            take(data)
            return .ended(error: reply.error)
        }
        let isHasty = request.isHeld && elapsed.map { $0 < min(timeout, .seconds(1)) } ?? false
        if request.isHeld { hastyAnswers = isHasty && data.isEmpty ? hastyAnswers + 1 : 0 }
        switch request.kind {
        case .handshake: return shakeHands(reply, data)
        case .subscribe: return subscribe(reply, data)
        case .connect:
            return connect(reply, data, wasHeld: request.isHeld, isHasty: isHasty)
        case .disconnect: return nil
        }
    }

    /// The request got no answer. Unless it certainly did not arrive, an answer may have been on its way, and what it
    /// held is gone, except where the server waits for acknowledgement.
    ///
    /// - Parameter isIllegible: there was one, and it could not be read. A server that waits for acknowledgement would
    ///   send the same again for ever: of such a one the client id is forgotten.
    public mutating func lose(_ request: BayeuxRequest, isIllegible: Bool = false) {
        guard request.kind == .connect, case .connect = phase else { return }
        hasLostAnswer = true
        guard acknowledgement == nil else {
            illegible = isIllegible ? illegible + 1 : 0
            if illegible > 1 { startAnew(because: .stuck) }
            return
        }
        if startReason == nil {
            hasLostPoll = true
            isImmediate = true
        }
    }

    /// What is to be handled next.
    public var event: Event? { pending.first }

    /// The event was handled.
    public mutating func handled() {
        // The session may have been left while the event was handled.
        if !pending.isEmpty { pending.removeFirst() }
    }

    /// To be called before a conversation goes on that was broken off. What was not handled then is told once more,
    /// by the server where it waits for acknowledgement, else from here.
    public mutating func resume() {
        guard let handled = acknowledgement?.handled else { return }
        acknowledgement?.received = handled
        pending.removeAll { if case .messages = $0 { true } else { false } }
    }

    // MARK: The answers one by one

    private mutating func shakeHands(_ reply: BayeuxMessage, _ data: [BayeuxMessage]) -> BayeuxError? {
        take(data)
        guard reply.isSuccessful, let clientID = reply.clientID, !clientID.isEmpty else {
            if reply.advice?.reconnect == .stop { return .ended(error: reply.error) }
            return .refused(channel: reply.channel, error: reply.error)
        }
        if let types = reply.connectionTypes, !types.isEmpty, !types.contains("long-polling") {
            return .noLongPolling(offered: types)
        }
        phase = .subscribe(clientID: clientID)
        if offersAcknowledgement, let batch = reply.grantedAcknowledgement {
            acknowledgement = Acknowledgement(handled: batch, received: batch)
        }
        return nil
    }

    private mutating func subscribe(_ reply: BayeuxMessage, _ data: [BayeuxMessage]) -> BayeuxError? {
        take(data)
        guard reply.isSuccessful, let clientID else {
            return refusal(reply)
        }
        phase = .connect(clientID: clientID)
        isImmediate = true
        return nil
    }

    private mutating func connect(
        _ reply: BayeuxMessage, _ data: [BayeuxMessage], wasHeld: Bool, isHasty: Bool
    ) -> BayeuxError? {
        (hasLostAnswer, illegible) = (false, 0)
        guard reply.isSuccessful else {
            take(data)
            return refusal(reply)
        }
        var data = data
        if let batch = reply.batch, batch == acknowledgement?.received, data == lastBatch { data = [] }
        if acknowledgement != nil, reply.batch != nil, !data.isEmpty { lastBatch = data }
        if let reason = startReason {
            pending.append(.started(reason))
            startReason = nil
            take(early + data)
            early = []
        } else {
            if hasLostPoll { pending.append(.pollLost) }
            if data.isEmpty, wasHeld, !hasLostPoll { pending.append(.quiet) }
            take(data)
        }
        hasLostPoll = false
        isImmediate = false
        if let batch = reply.batch { acknowledgement?.received = batch }
        switch reply.advice?.reconnect {
        case .handshake: return restart(because: .advised, reply)
        case .stop:
            forgetClientID(because: .advised)
            return .ended(error: reply.error)
        case .retry, nil:
            if wasHeld, !isHasty { restarts = 0 }
            return nil
        }
    }

    /// What an unsuccessful subscribe or connect leads to.
    private mutating func refusal(_ reply: BayeuxMessage) -> BayeuxError? {
        let advice = reply.advice?.reconnect
        if advice == .stop {
            forgetClientID(because: .advised)
            return .ended(error: reply.error)
        }
        // The advice that goes with a 402 comes on connects only.
        if reply.isForgotten { return restart(because: .forgotten, reply) }
        if advice == .handshake { return restart(because: .advised, reply) }
        return .refused(channel: reply.channel, error: reply.error)
    }

    /// A server that takes back every client id as soon as it gave it is not asked for another without end.
    private mutating func restart(because reason: StartReason, _ reply: BayeuxMessage) -> BayeuxError? {
        forgetClientID(because: reason)
        restarts += 1
        guard restarts > 1 else { return nil }
        restarts = 0
        return .refused(channel: reply.channel, error: reply.error)
    }

    private mutating func forgetClientID(because reason: StartReason) {
        startReason = startReason ?? reason
        phase = .handshake
        early = []
        isImmediate = true
        hasLostPoll = false
        (hasLostAnswer, illegible) = (false, 0)
        acknowledgement = nil
        lastBatch = []
    }

    private func isAwaiting(_ kind: BayeuxRequest.Kind) -> Bool {
        switch (phase, kind) {
        case (.handshake, .handshake), (.subscribe, .subscribe), (.connect, .connect): true
        default: kind == .disconnect
        }
    }

    private mutating func follow(_ advice: BayeuxAdvice) {
        if let interval = advice.interval { self.interval = interval }
        if let timeout = advice.timeout { self.timeout = timeout }
    }

    private mutating func take(_ data: [BayeuxMessage]) {
        guard !data.isEmpty else { return }
        if startReason == nil { pending.append(.messages(data)) } else { early += data }
    }

    private mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }
}

extension BayeuxRequest {
    fileprivate var channel: String {
        switch kind {
        case .handshake: "/meta/handshake"
        case .subscribe: "/meta/subscribe"
        case .connect: "/meta/connect"
        case .disconnect: "/meta/disconnect"
        }
    }
}
