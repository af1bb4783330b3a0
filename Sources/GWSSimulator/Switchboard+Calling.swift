// How calls begin, ring and are answered.

extension Switchboard {
    /// A call from one number to another. It rings there; or it is over at once, if nobody takes it.
    package mutating func call(
        from caller: (agent: String?, number: String), to dialled: String, userData: [JSON.Member] = [],
        consult: CallModel.Consult? = nil, telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> (id: String, effects: [Effect]) {
        let person = Person(agent: caller.agent, number: caller.number)
        guard dialled != caller.number else { throw .invalid("destination") }
        let callee = telephone(for: dialled, without: [(person, caller.number)], telephones)
        let (identity, connID) = nextIdentity()
        let kind: CallModel.Kind =
            if consult != nil {
                .consult
            } else if caller.agent == nil {
                .inbound
            } else {
                telephones.telephone(dialled) == nil ? .outbound : .internal
            }
        var call = CallModel(
            identity: identity, connID: connID, kind: kind, caller: caller.number, dnis: dialled,
            consult: consult)
        call.userData = userData
        add(call)
        add(
            .init(
                agent: caller.agent, number: caller.number, identity: identity, state: .dialing,
                canAnswer: true, joinedAt: now), to: call.id)
        guard let callee else {
            // Nobody's telephone rings, but the caller sees whom it called.
            add(.ringing(.outside(dialled), identity, at: now), to: call.id)
            return (call.id, told([person], .statusChange, in: call.id) + end(call.id, first: person))
        }
        add(.ringing(callee, identity, at: now), to: call.id)
        return (call.id, told(persons(in: call.id), .statusChange, in: call.id))
    }

    /// Where a call to that number rings.
    enum Callee {
        case telephone(Telephone)
        case outside(String)
    }

    /// Follows forwarding. Nil if nobody takes the call: who is to take it refuses calls, or is on the call already, or
    /// telephones forward in a circle.
    func telephone(
        for dialled: String, without present: [(person: Person, number: String)],
        _ telephones: some Telephones
    ) -> Callee? {
        var number = dialled
        var seen: Set<String> = []
        while let next = telephones.telephone(number)?.forwardTo {
            guard seen.insert(number).inserted else { return nil }
            number = next
        }
        guard !present.contains(where: { $0.number == number }) else { return nil }
        guard let found = telephones.telephone(number) else { return .outside(number) }
        guard !found.refusesCalls, !present.contains(where: { $0.person == .agent(found.agent) }) else {
            return nil
        }
        return .telephone(found)
    }

    mutating func answer(_ place: Place, _ telephones: some Telephones, at now: Int64) -> [Effect] {
        let dialling = calls[place.key]?.parties.filter { $0.state == .dialing }.map(\.person) ?? []
        let connected = [place.person] + dialling
        for person in connected { change(person, in: place.key) { $0.state = .established } }
        var supervisors: [Person] = []
        for person in connected {
            supervisors += join(supervisorsOf: person, in: place.key, telephones, at: now)
        }
        return told(connected + supervisors, .statusChange, in: place.key)
    }
}

extension CallModel.Party {
    static func ringing(_ callee: Switchboard.Callee, _ identity: CallModel.Identity, at now: Int64) -> Self {
        switch callee {
        case .outside(let number):
            .init(
                agent: nil, number: number, identity: identity, state: .ringing, canAnswer: true,
                joinedAt: now)
        case .telephone(let found):
            .init(
                agent: found.agent, number: found.number, identity: identity, state: .ringing,
                canAnswer: !found.isPublic, joinedAt: now)
        }
    }
}
