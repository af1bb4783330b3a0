/// Something that goes wrong with the next requests that match.
public struct Fault: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        /// Later than usual, but as usual.
        case delay(Duration)
        /// Later by any time up to this.
        case delayUpTo(Duration)
        /// Not before ``Simulator/releaseParked()``, but then as usual.
        case park
        /// This answer in place of the real one.
        case answer(status: Int, body: String, contentType: String?)
        /// The connection ends without an answer.
        case cut
        /// No answer, and the connection stays open.
        case hang
        /// The switch has no such number registered: the documented refusal, and shortly before it an error
        /// notification without any detail. Strikes only what needs the switch.
        case deviceNotRegistered
        /// There is no connection to the switch. Strikes only what needs it.
        case voiceServiceUnavailable
        /// The operation is accepted, and fails in the switch: an error notification, with the message if there is
        /// one, and no effect. Strikes only what needs the switch.
        case failLater(message: String?)
        /// The operation is accepted, and nothing comes of it: no effect, and no word. Strikes only what needs the
        /// switch.
        case ignore
        /// An answer that ends in the middle of its body, whose Content-Length promises more. The real answer's
        /// first half, if there is a real answer.
        case half

        /// What a filter against too many requests answers in place of GWS.
        public static let tooManyRequests = Self.answer(
            status: 429,
            body: "<html><head><title>Error 429</title></head><body>Too many requests</body></html>",
            contentType: "text/html;charset=ISO-8859-1")

        var isOfSwitch: Bool {
            switch self {
            case .deviceNotRegistered, .voiceServiceUnavailable, .failLater, .ignore: true
            case .delay, .delayUpTo, .park, .answer, .cut, .hang, .half: false
            }
        }

        /// An answer with `statusCode` and `statusMessage`, as GWS refuses.
        public static func refusal(_ status: Int, statusCode: Int, _ message: String) -> Self {
            let body: JSON = ["statusCode": .int(statusCode), "statusMessage": .string(message)]
            return .answer(
                status: status, body: body.serialized, contentType: "application/json;charset=UTF-8")
        }
    }

    /// Whether it strikes before the request is executed (which, a delay excepted, then does not happen) or after.
    public enum Moment: String, Sendable, Hashable { case before, after }

    public var action: Action
    public var moment: Moment
    /// Conditions; all that are not nil must hold.
    public var method: String?
    /// A part of the path with its query.
    public var path: String?
    public var agent: String?
    /// A part of the request's body: an operation's name, or a Bayeux channel.
    public var body: String?
    /// How often it strikes; nil for ever.
    public var times: Int?
    public var probability: Double

    public init(
        _ action: Action, _ moment: Moment = .before, method: String? = nil, path: String? = nil,
        agent: String? = nil, body: String? = nil, times: Int? = 1, probability: Double = 1
    ) {
        self.action = action
        // What the switch fails to do has not been done.
        self.moment = action.isOfSwitch ? .before : moment
        self.method = method
        self.path = path
        self.agent = agent
        self.body = body
        self.times = times
        self.probability = probability
    }

    var summary: String {
        switch action {
        case .delay, .delayUpTo: "delay \(moment.rawValue)"
        case .park: "park \(moment.rawValue)"
        case .answer(let status, _, _): "answer \(status) \(moment.rawValue)"
        case .cut: "cut \(moment.rawValue)"
        case .hang: "hang \(moment.rawValue)"
        case .deviceNotRegistered: "device not registered"
        case .voiceServiceUnavailable: "voice service unavailable"
        case .failLater: "fail later"
        case .ignore: "ignore"
        case .half: "half \(moment.rawValue)"
        }
    }

    func matches(_ request: Received, agent: String?) -> Bool {
        if action.isOfSwitch, agent == nil || !request.isForSwitch { return false }
        if let method, method != request.method { return false }
        if let path, !request.target.contains(path) { return false }
        if let wanted = self.agent, wanted != agent { return false }
        if let body, !String(decoding: request.body, as: UTF8.self).contains(body) { return false }
        return true
    }
}

/// The faults that are set, oldest first; the first that matches strikes.
struct Faults: Sendable {
    private(set) var all: [(id: Int, fault: Fault)] = []
    private var count = 0
    var chance = Chance()

    mutating func add(_ fault: Fault) -> Int {
        count += 1
        all.append((count, fault))
        return count
    }

    mutating func remove(_ id: Int) { all.removeAll { $0.id == id } }

    mutating func removeAll() { all = [] }

    mutating func take(for request: Received, agent: String?) -> Fault? {
        guard !all.isEmpty else { return nil }
        for (index, entry) in all.enumerated() where entry.fault.matches(request, agent: agent) {
            guard
                entry.fault.probability >= 1
                    || Double.random(in: 0..<1, using: &chance) < entry.fault.probability
            else {
                continue
            }
            if let times = entry.fault.times {
                if times <= 1 { all.remove(at: index) } else { all[index].fault.times = times - 1 }
            }
            return entry.fault
        }
        return nil
    }
}

extension Simulator {
    /// Lets the fault strike. Nil if all goes on as usual.
    func happen(
        _ fault: Fault, to answer: Answer?, _ request: Received, by agent: String?
    ) async -> Answer? {
        switch fault.action {
        case .delay(let duration):
            try? await Task.sleep(for: duration)
            return nil
        case .delayUpTo(let longest):
            try? await Task.sleep(for: longest * Double.random(in: 0..<1, using: &faults.chance))
            return nil
        case .park:
            await park()
            return nil
        case .answer(let status, let body, let contentType):
            return .text(body, status: status, contentType: contentType)
        case .cut: return .cut
        case .hang:
            // Until the simulator stops.
            try? await Task.sleep(for: .seconds(86_400))
            return .cut
        case .deviceNotRegistered, .voiceServiceUnavailable:
            return await failInSwitch(fault, by: agent.flatMap { agents[$0] }, request)
        // It strikes when the operation is carried out.
        case .failLater, .ignore: return nil
        case .half:
            var half = answer ?? .accepted
            half.ending = .cutInTheMiddle
            return half
        }
    }
}
