// How people come into a call and leave it.

extension Switchboard {
    mutating func end(_ key: String, first person: Person) -> [Effect] {
        let all = [person] + others(than: person, in: key)
        let effects = release(all, in: key)
        drop(all, from: key)
        return effects
    }

    /// They leave, and so do those who only watch them; the call ends if fewer than two are left who can talk, or no
    /// agent is among them.
    ///
    /// - Parameter first: Who is told first among those who stay, or of the end.
    mutating func depart(_ persons: [Person], from key: String, first: Person? = nil) -> [Effect] {
        guard let call = calls[key] else { return [] }
        let leaving = persons + dependents(of: persons, in: key)
        let staying = call.parties.filter { !leaving.contains($0.person) }
        guard CallModel.isAlive(staying) else {
            return end(key, first: first ?? persons[0])
        }
        let left = call.parties.filter { leaving.contains($0.person) }
        let effects = release(leaving, in: key)
        drop(leaving, from: key)
        return effects + tellOfDeparture(left, first: first, in: key)
    }

    /// Those who are there only for the sake of them.
    func dependents(of persons: [Person], in key: String) -> [Person] {
        calls[key]?.parties.compactMap { party in
            guard let supervision = party.supervision, supervision.scope == .agent,
                persons.contains(supervision.target), !persons.contains(party.person)
            else { return nil }
            return party.person
        } ?? []
    }

    /// Who was not seen by the others is missed only by the one it watched.
    private mutating func tellOfDeparture(
        _ left: [CallModel.Party], first: Person?, in key: String
    ) -> [Effect] {
        let watched = left.compactMap(\.supervision?.target).filter { calls[key]?.party($0) != nil }
        guard left.contains(where: { !$0.isSilent }) else { return told(watched, .statusChange, in: key) }
        let staying = persons(in: key)
        let ordered = staying.filter { $0 == first } + staying.filter { $0 != first }
        return told(ordered, .participantsUpdated, in: key)
    }
}

// MARK: - What an agent asks for

extension Switchboard {
    mutating func transfer(
        _ place: Place, to destination: Destination, _ telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> [Effect] {
        guard let callee = try callee(destination, place, telephones) else { return failed(place) }
        let new = bring(callee, destination, into: place.key, at: now)
        let leaving = [place.person] + dependents(of: [place.person], in: place.key)
        var effects = release(leaving, in: place.key)
        drop(leaving, from: place.key)
        // Else no agent is left, or only a supervisor was there to talk to, and went too.
        guard let call = calls[place.key], call.isAlive else {
            return effects + end(place.key, first: new)
        }
        effects += told(others(than: new, in: place.key), .participantsUpdated, in: place.key)
        return effects + told([new], .statusChange, in: place.key)
    }

    mutating func callIn(
        _ destination: Destination, _ place: Place, _ telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> [Effect] {
        guard let callee = try callee(destination, place, telephones) else { return failed(place) }
        let there = [place.person] + others(than: place.person, in: place.key)
        let new = bring(callee, destination, into: place.key, at: now)
        own(place.key, by: place.person)
        return told(there, .participantsUpdated, in: place.key) + told([new], .statusChange, in: place.key)
    }

    mutating func remove(_ number: String, _ place: Place) throws(Refusal) -> [Effect] {
        let seen = calls[place.key]?.participants(for: place.person) ?? []
        guard let party = seen.first(where: { $0.number == number }) else { throw .invalid("participant") }
        return depart([party.person], from: place.key, first: place.person)
    }

    /// Who makes a conference owns it, until it leaves.
    mutating func own(_ key: String, by person: Person) {
        change(key) { call in
            if call.owner.flatMap({ call.party($0) }) == nil { call.owner = person }
        }
    }

    private mutating func bring(
        _ callee: Callee, _ destination: Destination, into key: String, at now: Int64
    ) -> Person {
        let identity = calls[key]?.identity ?? .init(id: key, uuid: key)
        let party = CallModel.Party.ringing(callee, identity, at: now)
        add(party, to: key)
        change(key) { call in for member in destination.userData { call.set(member.key, member.value) } }
        return party.person
    }

    /// Where it rings, nil if nobody takes it. Who is on the call cannot be called into it.
    private func callee(
        _ destination: Destination, _ place: Place, _ telephones: some Telephones
    ) throws(Refusal) -> Callee? {
        let present = calls[place.key]?.parties.map { (person: $0.person, number: $0.number) } ?? []
        guard !present.contains(where: { $0.number == destination.number }) else {
            throw .invalid("destination")
        }
        return telephone(for: destination.number, without: present, telephones)
    }

    private func failed(_ place: Place) -> [Effect] {
        guard let agent = place.person.agent, let leg = leg(in: place.key, place.person) else { return [] }
        return [.failed(agent: agent, call: leg.id)]
    }
}
