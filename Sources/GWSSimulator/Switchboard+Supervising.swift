// Supervisors in the calls of those whom they watch.

extension Switchboard {
    /// Those who watch the person get the call too; nobody is told yet.
    mutating func join(
        supervisorsOf person: Person, in key: String, _ telephones: some Telephones, at now: Int64
    ) -> [Person] {
        guard let party = calls[key]?.party(person), party.agent != nil, party.supervision == nil else {
            return []
        }
        return telephones.monitors(of: party.number).compactMap { monitor in
            join(monitor, watching: party, in: key, at: now)
        }
    }

    /// The monitor begins while the agent already talks; see ``CallRules/intrudes``.
    package mutating func begin(_ monitor: Monitor, of number: String, at agent: String, at now: Int64)
        -> [Effect]
    {
        guard rules.intrudes, monitor.monitoring.mode == .allCalls else { return [] }
        var effects: [Effect] = []
        for key in keys(of: .agent(agent)) {
            guard let party = calls[key]?.party(.agent(agent)), party.number == number,
                party.state == .established || party.state == .held,
                let supervisor = join(monitor, watching: party, in: key, at: now)
            else { continue }
            effects += told([supervisor, party.person], .statusChange, in: key)
            if monitor.monitoring.kind == .bargeIn {
                let others = persons(in: key).filter { $0 != supervisor && $0 != party.person }
                effects += told(others, .participantsUpdated, in: key)
            }
        }
        return effects
    }

    private mutating func join(
        _ monitor: Monitor, watching party: CallModel.Party, in key: String, at now: Int64
    ) -> Person? {
        let person = Person.agent(monitor.agent)
        guard let call = calls[key], call.party(person) == nil,
            !call.parties.contains(where: { $0.number == monitor.number }),
            monitor.monitoring.mode == .allCalls || !isInItsNextCall(person, monitor.monitoring)
        else { return nil }
        let supervision = CallModel.Supervision(
            kind: monitor.monitoring.kind, mode: monitor.monitoring.mode, scope: monitor.monitoring.scope,
            target: party.person, device: monitor.monitoring.targetDeviceID)
        add(
            .init(
                agent: monitor.agent, number: monitor.number, identity: call.identity,
                state: rules.ringsAtSupervisor ? .ringing : .established,
                isMuted: supervision.kind != .bargeIn, supervision: supervision, canAnswer: true,
                joinedAt: now), to: key)
        return person
    }

    private func isInItsNextCall(_ person: Person, _ monitoring: DeviceModel.Monitoring) -> Bool {
        keys(of: person).contains { key in
            guard let supervision = calls[key]?.party(person)?.supervision else { return false }
            return supervision.mode == .nextCall && supervision.device == monitoring.targetDeviceID
        }
    }

    mutating func supervise(_ place: Place, as kind: DeviceModel.Monitoring.Kind) -> [Effect] {
        let wasSilent = calls[place.key]?.party(place.person)?.isSilent
        change(place.person, in: place.key) { party in
            party.supervision?.kind = kind
            party.isMuted = kind != .bargeIn
        }
        let isSilent = calls[place.key]?.party(place.person)?.isSilent
        let others = wasSilent == isSilent ? [] : others(than: place.person, in: place.key)
        return told([place.person], .statusChange, in: place.key)
            + told(others, .participantsUpdated, in: place.key)
    }

    mutating func muteMonitored(_ place: Place, _ isMuted: Bool) -> [Effect] {
        guard let target = calls[place.key]?.party(place.person)?.supervision?.target else { return [] }
        change(target, in: place.key) { $0.isMutedBySupervisor = isMuted }
        return told([place.person, target], .monitoredUserMutedStateChange, in: place.key)
    }
}
