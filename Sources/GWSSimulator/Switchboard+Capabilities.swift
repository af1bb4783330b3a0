extension Switchboard {
    /// The leg that a leg of the same person belongs with: the consult call of a parent, or the other way round.
    struct Companion {
        let key: String
        let party: CallModel.Party
        let consult: CallModel.Consult
    }

    /// The consult call that was made last out of this call, else the call out of which this one was made.
    func companion(of person: Person, in key: String) -> Companion? {
        for other in keys(of: person).reversed() {
            guard let consult = calls[other]?.consult, consult.parent == key, consult.initiator == person,
                let party = calls[other]?.party(person)
            else { continue }
            return Companion(key: other, party: party, consult: consult)
        }
        guard let consult = calls[key]?.consult, consult.initiator == person,
            let party = calls[consult.parent]?.party(person)
        else { return nil }
        return Companion(key: consult.parent, party: party, consult: consult)
    }

    private static let userDataOperations = [
        "UpdateUserData", "DeleteUserData", "DeleteUserDataPair", "AttachUserData",
    ]

    /// What the party may do now, as the call resource lists it, features apart.
    func capabilities(of party: CallModel.Party, in key: String, _ call: CallModel) -> [String] {
        switch party.state {
        case .ringing:
            // No Hangup while it rings.
            return (party.canAnswer ? ["Answer"] : []) + Self.userDataOperations + ["ClearCall"]
        case .dialing:
            return ["SendDtmf"] + Self.userDataOperations + ["Hangup"]
        case .established:
            return [
                "UpdateUserData", "DeleteUserData", "DeleteUserDataPair", "InitiateConference",
                "AttachUserData", "Hangup", "SingleStepConference", "SingleStepTransfer", "SendDtmf",
                "ClearCall", "Hold", "InitiateTransfer",
            ] + (party.isMuted && !party.isSilent ? ["UnmuteCall"] : [])
                + besideOthers(party, in: key) + inConference(party, call) + recording(call)
        case .held:
            return [
                "Hangup", "SingleStepTransfer", "SingleStepConference", "InitiateTransfer",
                "InitiateConference",
            ] + Self.userDataOperations + besideOthers(party, in: key) + recording(call)
        case .released:
            return []
        }
    }

    /// What follows from the other calls of the same person.
    private func besideOthers(_ party: CallModel.Party, in key: String) -> [String] {
        let companion = companion(of: party.person, in: key)
        let completes = companion.map { companion in
            ["CompleteTransfer", "CompleteConference"].filter {
                mayComplete($0, party.state, companion.party.state)
            }
        }
        guard party.state == .held else {
            return (maySwap(party, in: key) ? ["SwapCalls"] : []) + (completes ?? [])
        }
        guard let companion, companion.party.state != .held else {
            return ["Retrieve"] + (maySwap(party, in: key) ? ["SwapCalls"] : [])
        }
        return (companion.consult.purpose == .conference ? ["Retrieve"] : []) + ["SwapCalls"]
            + (completes ?? [])
    }

    /// One call must be held and the other not; a consult call that still rings may be transferred to.
    func mayComplete(_ operation: String, _ one: CallModel.State, _ other: CallModel.State) -> Bool {
        switch Set([one, other]) {
        case [.held, .established]: true
        case [.held, .dialing]: operation == "CompleteTransfer"
        default: false
        }
    }

    private func maySwap(_ party: CallModel.Party, in key: String) -> Bool {
        let wanted: CallModel.State = party.state == .held ? .established : .held
        return keys(of: party.person).contains {
            $0 != key && calls[$0]?.party(party.person)?.state == wanted
        }
    }

    private func inConference(_ party: CallModel.Party, _ call: CallModel) -> [String] {
        guard let supervision = party.supervision else {
            let isOwner = call.owner == party.person && call.talking.count > 2
            return isOwner ? ["RemoveParticipantFromConference"] : []
        }
        var names = ["RemoveParticipantFromConference"]
        if supervision.kind != .bargeIn { names.append("SwitchToBargeIn") }
        // Whoever is one of two does not become a listener to the other.
        if supervision.kind == .coach || supervision.kind == .bargeIn && call.talking.count > 2 {
            names.append("SwitchToListenIn")
        }
        if let target = call.party(supervision.target) {
            names.append(target.isMutedBySupervisor ? "UnmuteMonitoredUser" : "MuteMonitoredUser")
        }
        return names
    }

    private func recording(_ call: CallModel) -> [String] {
        switch call.recording {
        case .stopped: ["StartCallRecording"]
        case .recording: ["PauseCallRecording", "StopCallRecording"]
        case .paused: ["ResumeCallRecording", "StopCallRecording"]
        }
    }
}
