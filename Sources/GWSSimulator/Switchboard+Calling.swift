// How calls begin, ring and are answered.

extension Switchboard {
    /// A call from one number to another. It rings there; or it is over at once, if nobody takes it.
    package mutating func call(
        from caller: (agent: String?, number: String), to dialled: String, userData: [JSON.Member] = [],
        consult: CallModel.Consult? = nil, telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> (id: String, effects: [Effect]) {
        let person = Person(agent: caller.agent, number: caller.number)
        guard dialled != caller.number else { throw .invalid("destination") }
        guard userData.fitsIntoCall else { throw .userDataTooLarge }
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
        let held = hold(othersThan: nil, of: person, at: caller.number)
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
            let begun = held + told([person], .statusChange, in: call.id)
            return (call.id, begun + end(call.id, first: person))
        }
        add(.ringing(callee, identity, at: now), to: call.id)
        return (call.id, held + told(persons(in: call.id), .statusChange, in: call.id))
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
        var held: [Effect] = []
        for person in connected {
            held += hold(othersThan: place.key, of: person)
            change(person, in: place.key) { $0.state = .established }
        }
        var supervisors: [Person] = []
        for person in connected {
            supervisors += join(supervisorsOf: person, in: place.key, telephones, at: now)
        }
        let told = held + told(connected + supervisors, .statusChange, in: place.key)
        // Who barges in is one more for all to see.
        let areSeen = supervisors.contains { calls[place.key]?.party($0)?.isSilent == false }
        guard areSeen else { return told }
        let others = persons(in: place.key).filter { !connected.contains($0) && !supervisors.contains($0) }
        return told + self.told(others, .participantsUpdated, in: place.key)
    }

    /// One telephone talks in one call at a time: the others in which it talks are held. Who only watches is no matter,
    /// and what somebody outside does with further lines is its own.
    mutating func hold(othersThan key: String?, of person: Person, at number: String? = nil) -> [Effect] {
        let number = number ?? key.flatMap { calls[$0]?.party(person)?.number }
        guard person.agent != nil else { return [] }
        return keys(of: person).filter { $0 != key }.flatMap { other -> [Effect] in
            guard let party = calls[other]?.party(person), party.number == number,
                party.state == .established, party.supervision == nil
            else { return [] }
            change(person, in: other) { $0.state = .held }
            return told([person], .statusChange, in: other)
        }
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
