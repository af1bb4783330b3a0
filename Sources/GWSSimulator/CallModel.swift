/// One call, as the switch sees it: its parties, what each of them may do now, and who is told what.
///
/// A value without a clock or a socket: the simulator passes the time in and sends what comes out. Every agent
/// sees the call through its own party, a *leg*.
package struct CallModel: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case dialing = "Dialing"
        case ringing = "Ringing"
        case established = "Established"
        case held = "Held"
        case released = "Released"
    }

    package enum Recording: String, Sendable, Hashable {
        case stopped = "Stopped"
        case recording = "Recording"
        case paused = "Paused"
    }

    package struct Party: Sendable, Hashable {
        /// The agent whose device it is; nil for somebody outside.
        package let agent: String?
        package let number: String
        package var state: State
        package var isMuted = false
        /// When the call reached this party. GWS counts `duration` from here.
        package let joinedAt: Int64
    }

    package enum Kind: String, Sendable, Hashable {
        case `internal` = "Internal"
        case inbound = "Inbound"
        case outbound = "Outbound"
        case consult = "Consult"
    }

    package enum NotificationType: String, Sendable, Hashable {
        case statusChange = "StatusChange"
        case participantsUpdated = "ParticipantsUpdated"
        case attachedDataChanged = "AttachedDataChanged"
        case recordingStateChange = "CallRecordingStateChange"
        case dtmfSent = "DtmfSent"
    }

    /// Something an agent's sessions are told: the call as that agent now sees it.
    package struct Effect: Sendable, Hashable {
        package let agent: String
        package let type: NotificationType

        package init(agent: String, type: NotificationType) {
            self.agent = agent
            self.type = type
        }
    }

    package let id: String
    package let connID: String
    package let kind: Kind
    package let dnis: String
    package private(set) var parties: [Party]
    package private(set) var userData: [JSON.Member]
    package private(set) var recording = Recording.stopped

    /// A call from the first party that rings at the second.
    package init(
        id: String, connID: String, from caller: (agent: String?, number: String),
        to callee: (agent: String?, number: String), userData: [JSON.Member] = [], at now: Int64
    ) {
        self.id = id
        self.connID = connID
        kind =
            switch (caller.agent, callee.agent) {
            case (nil, _): .inbound
            case (_, nil): .outbound
            default: .internal
            }
        dnis = callee.number
        self.userData = userData
        parties = [
            Party(agent: caller.agent, number: caller.number, state: .dialing, joinedAt: now),
            Party(agent: callee.agent, number: callee.number, state: .ringing, joinedAt: now),
        ]
    }

    package var isOver: Bool { parties.allSatisfy { $0.state == .released } }

    /// The agent's leg, also when it has been released.
    package func party(of agent: String) -> Party? { parties.first { $0.agent == agent } }

    /// What the agents are to be told of a call that has just begun.
    package var beginning: [Effect] {
        parties.compactMap { party in party.agent.map { Effect(agent: $0, type: .statusChange) } }
    }
}

extension CallModel {
    /// Does what the agent asks, or says why not. Nothing has changed if it throws.
    package mutating func perform(
        _ operation: CallOperation, for agent: String, mayRecord: Bool = true, at now: Int64
    ) throws(Refusal) -> [Effect] {
        guard let index = parties.firstIndex(where: { $0.agent == agent && $0.state != .released }) else {
            throw .noSuchCall(id)
        }
        let isRecording = CallOperation.recordingNames.contains(operation.name)
        if isRecording, !mayRecord { throw .featureMissing("api-voice-recording") }
        guard isAllowed(operation, to: parties[index], mayRecord: mayRecord) else {
            throw .notAllowed(operation: operation.name, state: parties[index].state)
        }
        return carryOut(operation, by: index, at: now)
    }

    /// What somebody does at the telephone itself, agent or not; GWS is not asked, and does not refuse.
    package mutating func act(_ operation: CallOperation, byPartyAt index: Int, at now: Int64) -> [Effect] {
        guard parties.indices.contains(index), parties[index].state != .released else { return [] }
        return carryOut(operation, by: index, at: now)
    }

    private func isAllowed(_ operation: CallOperation, to party: Party, mayRecord: Bool) -> Bool {
        if capabilities(of: party, mayRecord: mayRecord).contains(operation.name) { return true }
        // MuteCall works although no capability list of the real server names it.
        return operation == .muteCall && party.state == .established && !party.isMuted
    }

    private mutating func carryOut(_ operation: CallOperation, by index: Int, at now: Int64) -> [Effect] {
        switch operation {
        case .answer: return answer(by: index)
        case .hold: return move(index, to: .held)
        case .retrieve: return move(index, to: .established)
        case .hangup: return leave(index)
        case .clearCall: return end(first: index)
        case .sendDtmf: return tell(index, .dtmfSent)
        case .muteCall: return mute(index, true)
        case .unmuteCall: return mute(index, false)
        case .attachUserData(let added):
            userData += added
            return tellAll(.attachedDataChanged, first: index)
        case .updateUserData(let changed):
            for member in changed { set(member.key, member.value) }
            return tellAll(.attachedDataChanged, first: index)
        case .deleteUserData:
            userData = []
            return tellAll(.attachedDataChanged, first: index)
        case .deleteUserDataPair(let key):
            userData.removeAll { $0.key == key }
            return tellAll(.attachedDataChanged, first: index)
        case .startCallRecording: return startRecording(by: index, at: now)
        case .pauseCallRecording: return record(.paused, mark: "PAUSED", by: index)
        case .resumeCallRecording: return record(.recording, mark: "ON", by: index)
        case .stopCallRecording: return record(.stopped, mark: "OFF", by: index)
        }
    }
}

extension CallModel {
    private mutating func answer(by index: Int) -> [Effect] {
        parties[index].state = .established
        let others = parties.indices.filter { parties[$0].state == .dialing }
        for other in others { parties[other].state = .established }
        return effects(.statusChange, at: [index] + others)
    }

    /// The other party's leg stays as it is: it hears music.
    private mutating func move(_ index: Int, to state: State) -> [Effect] {
        parties[index].state = state
        return effects(.statusChange, at: [index])
    }

    private mutating func leave(_ index: Int) -> [Effect] {
        let others = parties.indices.filter { $0 != index && parties[$0].state != .released }
        guard others.count > 1 else { return end(first: index) }
        parties[index].state = .released
        return effects(.statusChange, at: [index]) + effects(.participantsUpdated, at: others)
    }

    private mutating func end(first index: Int) -> [Effect] {
        let others = parties.indices.filter { $0 != index && parties[$0].state != .released }
        for party in [index] + others { parties[party].state = .released }
        return effects(.statusChange, at: [index] + others)
    }

    private mutating func mute(_ index: Int, _ isMuted: Bool) -> [Effect] {
        parties[index].isMuted = isMuted
        return effects(.statusChange, at: [index])
    }

    private mutating func startRecording(by index: Int, at now: Int64) -> [Effect] {
        let effects = record(.recording, mark: "ON", by: index)
        let numbers = [parties[index].number] + parties.map(\.number)
        let time = Timestamp.fileName(now)
        set(
            "GSIP_REC_FN",
            .string("\(id)_\(numbers.joined(separator: "_"))_\(time)_simulator__contact-center"))
        return effects
    }

    /// Recording belongs to the call, not to the leg: every agent on it is told.
    private mutating func record(_ state: Recording, mark: String, by index: Int) -> [Effect] {
        recording = state
        set("GSIP_RECORD", .string(mark))
        return tellAll(.recordingStateChange, first: index)
    }

    private mutating func set(_ key: String, _ value: JSON) {
        guard let index = userData.firstIndex(where: { $0.key == key }) else {
            return userData.append(JSON.Member(key, value))
        }
        userData[index].value = value
    }

    private func tell(_ index: Int, _ type: NotificationType) -> [Effect] { effects(type, at: [index]) }

    private func tellAll(_ type: NotificationType, first index: Int) -> [Effect] {
        effects(type, at: [index] + parties.indices.filter { $0 != index && parties[$0].state != .released })
    }

    private func effects(_ type: NotificationType, at indices: [Int]) -> [Effect] {
        indices.compactMap { index in parties[index].agent.map { Effect(agent: $0, type: type) } }
    }
}
