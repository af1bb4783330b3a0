// Consult calls: how one is made out of another, and how the two become one.

extension Switchboard {
    /// A call and the consult call that was made out of it.
    struct Pair {
        let parent: String
        let consult: String
    }

    mutating func consult(
        _ destination: Destination, _ place: Place, for purpose: CallModel.Consult.Purpose,
        _ telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> [Effect] {
        guard let call = calls[place.key], let party = call.party(place.person) else { return [] }
        guard !call.parties.contains(where: { $0.number == destination.number }) else {
            throw .invalid("destination")
        }
        // Held before the consult call begins, but told with what may be done beside it.
        change(place.person, in: place.key) { $0.state = .held }
        let begun = try self.call(
            from: (party.agent, party.number), to: destination.number, userData: destination.userData,
            consult: .init(parent: place.key, initiator: place.person, purpose: purpose),
            telephones: telephones, at: now)
        return told([place.person], .statusChange, in: place.key) + begun.effects
    }

    /// The two calls that are meant: GWS finds the related call if none was named, whichever of them was posted to.
    func pair(_ operation: String, _ named: String?, _ place: Place) throws(Refusal) -> Pair {
        let pair: Pair
        if let named {
            guard let consult = key(named, of: place.person) else { throw .noSuchCall(named) }
            guard let link = calls[consult]?.consult, link.initiator == place.person,
                place.key == consult || place.key == link.parent
            else { throw .invalid("consultCallUri") }
            pair = Pair(parent: link.parent, consult: consult)
        } else {
            guard let companion = companion(of: place.person, in: place.key) else {
                throw .notAllowed(operation: operation, state: place.state)
            }
            let isParent = companion.consult.parent == place.key
            pair =
                isParent
                ? Pair(parent: place.key, consult: companion.key)
                : Pair(parent: companion.key, consult: place.key)
        }
        guard let parent = calls[pair.parent]?.party(place.person),
            let consult = calls[pair.consult]?.party(place.person),
            mayComplete(operation, parent.state, consult.state)
        else { throw .notAllowed(operation: operation, state: place.state) }
        return pair
    }

    mutating func completeTransfer(_ pair: Pair, by person: Person) -> [Effect] {
        let fromParent = [person] + dependents(of: [person], in: pair.parent)
        let fromConsult = [person] + dependents(of: [person], in: pair.consult)
        if let connID = calls[pair.parent]?.connID { change(pair.consult) { $0.connID = connID } }
        var effects = release(fromParent, in: pair.parent)
        effects += release(fromConsult, in: pair.consult)
        drop(fromParent, from: pair.parent)
        drop(fromConsult, from: pair.consult)
        return effects + merge(pair, back: [])
    }

    mutating func completeConference(_ pair: Pair, by person: Person) -> [Effect] {
        if let connID = calls[pair.parent]?.connID { change(pair.consult) { $0.connID = connID } }
        var effects = release([person], in: pair.consult)
        drop([person], from: pair.consult)
        change(person, in: pair.parent) { $0.state = .established }
        own(pair.parent, by: person)
        effects += merge(pair, back: [person])
        return effects
    }

    mutating func swap(_ place: Place, with other: String) throws(Refusal) -> [Effect] {
        guard let otherKey = key(other, of: place.person),
            let otherState = calls[otherKey]?.party(place.person)?.state
        else { throw .noSuchCall(other) }
        guard otherKey != place.key else { throw .invalid("otherCallUri") }
        guard Set([otherState, place.state]) == [.held, .established] else {
            throw .notAllowed(operation: "SwapCalls", state: place.state)
        }
        let (held, talking) = place.state == .held ? (place.key, otherKey) : (otherKey, place.key)
        change(place.person, in: held) { $0.state = .established }
        change(place.person, in: talking) { $0.state = .held }
        // It may talk in a third if one of the two is a supervisor's.
        let more = hold(othersThan: held, of: place.person)
        return told([place.person], .statusChange, in: held)
            + told([place.person], .statusChange, in: talking) + more
    }
}

// MARK: - Becoming one

extension Switchboard {
    /// Those of the consult call become parties of the parent.
    ///
    /// - Parameter back: Who is back from the consult call, and established in the parent now.
    private mutating func merge(_ pair: Pair, back: [Person]) -> [Effect] {
        guard let parent = calls[pair.parent] else {
            // Only supervisors were left there, and they went with the one who transferred.
            return persons(in: pair.consult).first.map { end(pair.consult, first: $0) } ?? []
        }
        let consultData = calls[pair.consult]?.userData ?? []
        // Nobody is twice on a call: who is on both keeps the parent.
        let twice = (calls[pair.consult]?.parties ?? []).filter { party in
            parent.parties.contains { $0.person == party.person || $0.number == party.number }
        }.map(\.person)
        var effects = release(twice, in: pair.consult)
        drop(twice, from: pair.consult)

        let moving = calls[pair.consult]?.parties ?? []
        let persons = moving.map(\.person)
        if !rules.keepsConsultID { effects += release(persons, in: pair.consult, forAnother: true) }
        drop(persons, from: pair.consult)
        for var party in moving {
            if !rules.keepsConsultID { party.identity = parent.identity }
            add(party, to: pair.parent)
            follow(party.person, from: pair.consult, to: pair.parent)
        }
        change(pair.parent) { call in
            // Of the recording the parent's holds, and so does what its data says of it.
            for member in consultData
            where !member.key.hasPrefix("GSIP_") && !call.userData.contains(where: { $0.key == member.key }) {
                let data = call.userData + [member]
                if data.fitsIntoCall { call.userData = data }
            }
        }
        guard let merged = calls[pair.parent] else { return effects }
        guard merged.isAlive else {
            return effects + end(pair.parent, first: back.first ?? merged.parties[0].person)
        }
        effects += told(back, .statusChange, in: pair.parent)
        let stayed =
            back + self.persons(in: pair.parent).filter { !back.contains($0) && !persons.contains($0) }
        effects += told(stayed, .participantsUpdated, in: pair.parent)
        effects += told(persons, rules.keepsConsultID ? .participantsUpdated : .statusChange, in: pair.parent)
        return effects
    }

    /// Consult calls that the person has made out of the one belong to the other now.
    private mutating func follow(_ person: Person, from old: String, to new: String) {
        for key in keys(of: person) where calls[key]?.consult?.parent == old {
            change(key) { if $0.consult?.initiator == person { $0.consult?.parent = new } }
        }
    }
}
