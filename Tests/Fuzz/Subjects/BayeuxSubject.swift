import Bayeux
import RawJSON

/// A line for whether acknowledgement is offered (`+`), then one for each thing that happens to the session: an answer
/// after its time (`<`) or at once (`!`), in which `$` stands for the id of the request, or what `Step` names. An answer
/// is one to the request that was sent (`^`), or to one that is sent just before.
enum BayeuxSubject {
    private enum Step: UInt8 {
        case answer = 0x3C  // <
        case hastyAnswer = 0x21  // !
        case lost = 0x4C  // L
        case illegible = 0x49  // I
        case resume = 0x52  // R
        case disconnect = 0x44  // D
        case startAnew = 0x4E  // N
        case handled = 0x48  // H
        case sent = 0x5E  // ^
    }

    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        var input = FuzzedInput(bytes)
        var conversation = Conversation(acknowledges: input.line().first == UInt8(ascii: "+"))
        while !input.isEmpty {
            let line = input.line()
            guard let step = line.first.flatMap(Step.init(rawValue:)) else { continue }
            switch step {
            case .answer: try conversation.answer(Array(line.dropFirst()), after: .seconds(30))
            case .hastyAnswer: try conversation.answer(Array(line.dropFirst()), after: .zero)
            case .sent: try conversation.send()
            case .lost: try conversation.lose(isIllegible: false)
            case .illegible: try conversation.lose(isIllegible: true)
            case .resume: conversation.resume()
            case .disconnect: try conversation.disconnect()
            case .startAnew: conversation.startAnew()
            case .handled: try conversation.handle()
            }
        }
        while try conversation.handle() {}
        try conversation.checkBounds()
    }
}

/// A session and what is known of it from outside.
private struct Conversation {
    private var session: BayeuxSession
    private var lastID = 0
    /// Data that came and was not told, in its order.
    private var untold: [RawJSON] = []
    private var isStarted = false
    /// Held answers in a row that came at once, with nothing.
    private var haste = 0
    /// Handshakes since it was last all right, or who runs it learnt that it is not.
    private var handshakes = 0
    /// On its way.
    private var request: BayeuxRequest?
    private var answers = 0
    private var events = 0

    init(acknowledges: Bool) {
        session = BayeuxSession(subscriptions: ["/v2/me", "/\"*\""], offersAcknowledgement: acknowledges)
    }

    // MARK: What happens

    mutating func send() throws(BrokenPromise) {
        if request == nil { request = try next() }
    }

    private mutating func sent() throws(BrokenPromise) -> BayeuxRequest {
        defer { request = nil }
        if let request { return request }
        return try next()
    }

    mutating func answer(_ answer: [UInt8], after elapsed: Duration) throws(BrokenPromise) {
        let request = try sent()
        answers += 1
        let answer = answer.flatMap { $0 == UInt8(ascii: "$") ? Array(String(lastID).utf8) : [$0] }
        let json = RawJSON(fuzzed: answer, limits: .init(depth: 512, allowsDuplicateKeys: true))
        let messages = json.map { $0.kind == .array ? Array($0.elements) : [$0] } ?? []
        let data = messages.filter { !BayeuxMessage($0).channel.hasPrefix("/meta/") }
        untold += data
        let client = session.clientID
        let error = session.receive(answer, to: request, after: elapsed)
        if json == nil { try expect(error != nil, "what is no JSON is no answer") }
        if error == nil, request.kind == .handshake {
            try expect(session.clientID?.isEmpty == false, "who shook hands has a client id")
        }
        let isHeld = request.kind == .connect && !request.asksForAnswerAtOnce
        let goesOn = error == nil && isHeld && session.clientID == client
        if error != nil || goesOn { handshakes = 0 }
        haste = goesOn && elapsed == .zero && data.isEmpty ? haste + 1 : 0
    }

    mutating func lose(isIllegible: Bool) throws(BrokenPromise) {
        session.lose(try sent(), isIllegible: isIllegible)
        (haste, handshakes) = (0, 0)
    }

    mutating func resume() {
        session.resume()
        (haste, handshakes) = (0, 0)
    }

    mutating func disconnect() throws(BrokenPromise) {
        let client = session.clientID
        let request = session.disconnect()
        try expect((request == nil) == (client == nil), "who is there can leave")
        try expect(session.clientID == nil, "who left has no client id")
        if let request { lastID = try ids(of: request).last ?? lastID }
        (haste, handshakes) = (0, 0)
    }

    mutating func startAnew() {
        session.startAnew(because: .loginLost)
        (haste, handshakes) = (0, 0)
    }

    /// - Returns: whether there was an event.
    @discardableResult
    mutating func handle() throws(BrokenPromise) -> Bool {
        guard let event = session.event else { return false }
        switch event {
        case .started: isStarted = true
        case .pollLost, .quiet: try expect(isStarted, "the start is told before all else")
        case .messages(let messages):
            try expect(isStarted, "the start is told before all else")
            try expect(!messages.isEmpty, "no messages are no event")
            for message in messages { try tell(message) }
        }
        session.handled()
        events += 1
        return true
    }

    // MARK: What must be true

    private mutating func tell(_ message: BayeuxMessage) throws(BrokenPromise) {
        let index = try unwrap(
            untold.firstIndex { $0 == message.json }, "what is told came, in its order, and is told once")
        untold.removeFirst(index + 1)
    }

    private mutating func next() throws(BrokenPromise) -> BayeuxRequest {
        let request = session.next()
        let ids = try ids(of: request)
        try expect(ids.count == 1, "a request is one message")
        try expect((.zero...Duration.seconds(60)).contains(request.pause), "no pause is longer than a minute")
        try expect((.seconds(10)...Duration.seconds(670)).contains(session.patience), "patience has a bound")
        if request.kind == .connect {
            let timeout = try unwrap(request.timeout, "a poll has a bound")
            try expect((.seconds(10)...Duration.seconds(610)).contains(timeout), "a poll has a bound")
            if haste > 4, !request.asksForAnswerAtOnce {
                try expect(
                    request.pause >= .seconds(1), "a server that answers at once is not asked without end")
            }
        }
        if request.kind == .handshake {
            handshakes += 1
            try expect(handshakes <= 2, "a server is not asked for one client id after the other")
        }
        return request
    }

    /// Of the messages of a request. Each is greater than all before.
    private mutating func ids(of request: BayeuxRequest) throws(BrokenPromise) -> [Int] {
        let json = try unwrap(RawJSON(fuzzed: request.body), "a request is JSON")
        var ids: [Int] = []
        for message in json.elements {
            let id = try unwrap(message["id"]?.string.flatMap { Int($0) }, "a request has an id")
            try expect(id > lastID, "no id is used twice")
            try expect(
                message["channel"]?.string?.hasPrefix("/meta/") ?? false, "a request is a meta message")
            lastID = id
            ids.append(id)
            if request.kind == .subscribe || request.kind == .connect {
                let client = try unwrap(message["clientId"]?.string, "a request has the client id")
                try expect(session.clientID?.isWritten(client) ?? false, "a request has the client id")
            }
        }
        return ids
    }

    /// When all events are handled.
    func checkBounds() throws(BrokenPromise) {
        try expect(events <= 3 * answers, "an answer leads to a few events")
    }
}

extension BayeuxRequest {
    fileprivate var asksForAnswerAtOnce: Bool {
        RawJSON(fuzzed: body)?.elements.first { $0["advice"] != nil } != nil
    }
}
