/// All calls, what belongs together among them, and who is told what when something is done.
///
/// A value without a clock or a socket: the simulator passes in the time and what it knows of the telephones, and
/// sends what comes out. What the documentation leaves open is decided in ``CallRules``.
package struct Switchboard: Sendable {
    package enum NotificationType: String, Sendable, Hashable {
        case statusChange = "StatusChange"
        case participantsUpdated = "ParticipantsUpdated"
        case attachedDataChanged = "AttachedDataChanged"
        case recordingStateChange = "CallRecordingStateChange"
        case dtmfSent = "DtmfSent"
        case monitoredUserMutedStateChange = "MonitoredUserMutedStateChange"
    }

    /// Something that follows for an agent. The order of effects is the order in which things happened.
    package enum Effect: Sendable, Hashable {
        /// The agent whose leg it is gets a notification with the call as it is at that moment.
        case told(NotificationType, Leg)
        /// The agent gets an `ErrorMessage`: what was accepted did not come about.
        case failed(agent: String, call: String)
        /// The supervisor's device watches nobody any more: its one call is over.
        case monitoringEnded(agent: String, number: String, target: String)
    }

    package let rules: CallRules
    /// By the id that each was given when it began.
    package private(set) var calls: [String: CallModel] = [:]
    /// The calls that each person is on, oldest first.
    private var keys: [Person: [String]] = [:]
    private var identifiers: Identifier.Calls

    /// - Parameter prefix: What the ids of calls begin with, 25 characters.
    package init(rules: CallRules = .init(), prefix: String) {
        self.rules = rules
        identifiers = Identifier.Calls(prefix: prefix)
    }

    /// The agent's legs, oldest call first.
    package func legs(of agent: String) -> [Leg] {
        keys(of: .agent(agent)).compactMap { leg(in: $0, .agent(agent)) }
    }

    package func hasCalls(_ agent: String) -> Bool { keys[.agent(agent)] != nil }

    /// The agent's leg of the call that it knows by that id.
    package func leg(_ id: String, of agent: String) -> Leg? {
        key(id, of: .agent(agent)).flatMap { leg(in: $0, .agent(agent)) }
    }

    /// The call that anybody knows, or knew, by that id.
    package func call(_ id: String) -> CallModel? {
        calls[id] ?? calls.values.first { $0.parties.contains { $0.identity.id == id } }
    }

    /// Forgets every call; nobody is told.
    package mutating func removeAll() {
        calls = [:]
        keys = [:]
    }
}

// MARK: - Finding

extension Switchboard {
    /// Where the call is kept that the person knows by that id.
    func key(_ id: String, of person: Person) -> String? {
        if calls[id]?.party(person)?.identity.id == id { return id }
        return keys(of: person).first { calls[$0]?.party(person)?.identity.id == id }
    }

    func keys(of person: Person) -> [String] { keys[person] ?? [] }

    func leg(in key: String, _ person: Person) -> Leg? {
        guard let call = calls[key], let party = call.party(person) else { return nil }
        let parent = call.consult.flatMap { consult in
            consult.initiator == person ? calls[consult.parent]?.party(person)?.identity.id : nil
        }
        return Leg(
            call: call, party: party, capabilities: capabilities(of: party, in: key, call), parentID: parent)
    }
}

// MARK: - The steps of which everything consists

extension Switchboard {
    mutating func nextIdentity() -> (identity: CallModel.Identity, connID: String) {
        let (uuid, connID) = identifiers.next()
        return (.init(id: rules.oldFormats ? connID : uuid, uuid: uuid), connID)
    }

    mutating func add(_ call: CallModel) { calls[call.id] = call }

    mutating func add(_ party: CallModel.Party, to key: String) {
        calls[key]?.parties.append(party)
        keys[party.person, default: []].append(key)
    }

    /// The call is not there if it has ended; then there is nothing to change.
    mutating func change(_ key: String, _ body: (inout CallModel) -> Void) {
        guard calls[key] != nil else { return }
        body(&calls[key]!)
    }

    mutating func change(_ person: Person, in key: String, _ body: (inout CallModel.Party) -> Void) {
        guard let index = calls[key]?.parties.firstIndex(where: { $0.person == person }) else { return }
        body(&calls[key]!.parties[index])
    }

    func told(_ persons: [Person], _ type: NotificationType, in key: String) -> [Effect] {
        persons.compactMap { person in
            guard person.agent != nil else { return nil }
            return leg(in: key, person).map { .told(type, $0) }
        }
    }

    /// Tells those who leave that they do; they are still there for ``drop(_:from:)``.
    ///
    /// - Parameter forAnother: They go on in another call, and so does what they watch.
    mutating func release(_ persons: [Person], in key: String, forAnother: Bool = false) -> [Effect] {
        for person in persons { change(person, in: key) { $0.state = .released } }
        var effects = told(persons, .statusChange, in: key)
        if forAnother { return effects }
        for person in persons {
            guard let party = calls[key]?.party(person), let agent = party.agent,
                let supervision = party.supervision, supervision.mode == .nextCall
            else { continue }
            effects.append(
                .monitoringEnded(agent: agent, number: party.number, target: supervision.device))
        }
        return effects
    }

    /// Takes them off the call, and the call away if nobody is left. Nobody stays muted by a supervisor who has gone.
    mutating func drop(_ persons: [Person], from key: String) {
        for person in persons {
            calls[key]?.parties.removeAll { $0.person == person }
            keys[person]?.removeAll { $0 == key }
            if keys[person]?.isEmpty == true { keys[person] = nil }
        }
        guard let parties = calls[key]?.parties else { return }
        if parties.isEmpty { calls[key] = nil }
        for party in parties where party.isMutedBySupervisor {
            if parties.contains(where: { $0.supervision?.target == party.person }) { continue }
            change(party.person, in: key) { $0.isMutedBySupervisor = false }
        }
    }

    func persons(in key: String) -> [Person] { calls[key]?.parties.map(\.person) ?? [] }

    func others(than person: Person, in key: String) -> [Person] {
        persons(in: key).filter { $0 != person }
    }
}
