import GWSSimulator

/// A switchboard with the agents 5001 to 5005, and a log of who was told what, a line each:
/// `5001 a StatusChange Held`. Calls are named a, b, c in the order in which they began.
struct Desk {
    struct Phones: Telephones {
        var telephones: [String: Telephone] = [:]
        var watched: [String: [Monitor]] = [:]

        func telephone(_ number: String) -> Telephone? { telephones[number] }
        func monitors(of number: String) -> [Monitor] { watched[number] ?? [] }
    }

    var switchboard: Switchboard
    var phones = Phones()
    var features: Set<String> = ["api-voice", "api-voice-recording", "api-supervisor-monitoring"]
    var log: [String] = []
    var effects: [Switchboard.Effect] = []
    private var names: [String: String] = [:]
    private var ids: [String: String] = [:]

    init(_ rules: CallRules = .init()) {
        switchboard = Switchboard(rules: rules, prefix: String(repeating: "D", count: 25))
        for number in 5001...5005 {
            phones.telephones["\(number)"] = Telephone(agent: "\(number)", number: "\(number)")
        }
    }

    /// Begins a call, without an answer.
    mutating func call(_ caller: String, _ callee: String, userData: [JSON.Member] = []) throws {
        let agent = phones.telephones[caller]?.agent
        let begun = try switchboard.call(
            from: (agent, caller), to: callee, userData: userData, telephones: phones, at: 0)
        _ = name(begun.id)
        note(begun.effects)
    }

    /// Somebody, an agent or a number, does something with the call of that name.
    mutating func act(_ who: String, _ call: String, _ operation: CallOperation, at now: Int64 = 0) throws {
        let agent = phones.telephones[who]?.agent
        let effects = try switchboard.perform(
            operation, on: ids[call] ?? call, by: Person(agent: agent, number: who),
            features: agent == nil ? nil : features, telephones: phones, at: now)
        note(effects)
    }

    /// As ``act(_:_:_:at:)``, for what must be refused. Nil if it is not; then it is done.
    mutating func refusal(_ who: String, _ call: String, _ operation: CallOperation) -> Refusal? {
        do {
            try act(who, call, operation)
            return nil
        } catch { return error as? Refusal }
    }

    mutating func begin(_ monitor: Monitor, of agent: String) {
        note(switchboard.begin(monitor, of: agent, at: agent, at: 0))
    }

    /// What was logged since the last time.
    mutating func news() -> [String] {
        defer { log = [] }
        return log
    }

    func id(_ call: String) -> String { ids[call] ?? call }

    func leg(_ agent: String, _ call: String) -> Leg? { switchboard.leg(id(call), of: agent) }

    func offered(_ agent: String, _ call: String) -> [String] {
        leg(agent, call)?.capabilities.sorted() ?? []
    }

    func participants(_ agent: String, _ call: String) -> [String]? {
        leg(agent, call).map { $0.call.participants(for: $0.party.person).map(\.number) }
    }

    /// Each party of the call and its state: `5001 Held`.
    func parties(_ call: String) -> [String] {
        switchboard.call(id(call))?.parties.map { "\($0.number) \($0.state.rawValue)" } ?? []
    }

    /// The state of the last leg that the agent was told of with that call.
    func lastTold(_ agent: String, _ call: String) -> Leg? {
        effects.reversed().lazy.compactMap { effect in
            guard case .told(_, let leg) = effect, leg.party.agent == agent, leg.id == id(call) else {
                return nil
            }
            return leg
        }.first
    }

    private mutating func note(_ new: [Switchboard.Effect]) {
        effects += new
        for effect in new {
            switch effect {
            case .told(let type, let leg):
                let state = leg.party.state.rawValue
                log.append("\(leg.party.agent ?? "?") \(name(leg.id)) \(type.rawValue) \(state)")
            case .failed(let agent, let call): log.append("\(agent) \(name(call)) failed")
            case .monitoringEnded(let agent, _, _): log.append("\(agent) monitors no more")
            }
        }
    }

    private mutating func name(_ id: String) -> String {
        if let name = names[id] { return name }
        let name = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(names.count % 26)))
        names[id] = name
        ids[name] = id
        return name
    }
}

extension Desk {
    /// 5001 talks with +4930 in call a.
    static func talking(_ rules: CallRules = .init()) throws -> Desk {
        var desk = Desk(rules)
        try desk.call("+4930", "5001")
        try desk.act("5001", "a", .answer)
        desk.log = []
        return desk
    }

    /// 5001 talks with 5002 in call a.
    static func internalCall(_ rules: CallRules = .init()) throws -> Desk {
        var desk = Desk(rules)
        try desk.call("5002", "5001")
        try desk.act("5001", "a", .answer)
        desk.log = []
        return desk
    }

    /// 5001 talks with 5003 in the consult call b, while +4930 waits in a.
    static func consulting(
        _ rules: CallRules = .init(), for purpose: CallModel.Consult.Purpose = .transfer
    ) throws -> Desk {
        var desk = try talking(rules)
        let destination = Destination("5003")
        try desk.act(
            "5001", "a",
            purpose == .transfer ? .initiateTransfer(destination) : .initiateConference(destination))
        try desk.act("5003", "b", .answer)
        desk.log = []
        return desk
    }

    /// 5001, who owns it, +4930 and 5003 are in a conference, call a.
    static func conference() throws -> Desk {
        var desk = try talking()
        try desk.act("5001", "a", .singleStepConference(Destination("5003")))
        try desk.act("5003", "a", .answer)
        desk.log = []
        return desk
    }
}

extension DeviceModel.Monitoring {
    static func of(
        _ kind: Kind, mode: Mode = .allCalls, scope: Scope = .call, device: String = "device"
    ) -> Self {
        Self(kind, of: device, mode: mode, scope: scope)
    }
}
