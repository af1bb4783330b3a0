extension Switchboard {
    /// Does what is asked of the call that the person knows by that id, or says why not. Nothing has changed if it
    /// throws.
    ///
    /// - Parameter features: What the agent has been granted; nil for what is done at a telephone itself.
    package mutating func perform(
        _ operation: CallOperation, on id: String, by person: Person, features: Set<String>? = nil,
        telephones: some Telephones, at now: Int64
    ) throws(Refusal) -> [Effect] {
        guard let key = key(id, of: person), let leg = leg(in: key, person) else { throw .noSuchCall(id) }
        if let features {
            for feature in ["api-voice", CallOperation.feature(of: operation.name)] {
                if let feature, !features.contains(feature) { throw .featureMissing(feature) }
            }
        }
        guard isAllowed(operation, leg, atTelephone: features == nil) else {
            throw .notAllowed(operation: operation.name, state: leg.party.state)
        }
        guard leg.call.userData.after(operation)?.fitsIntoCall ?? true else { throw .userDataTooLarge }
        let place = Place(key: key, person: person, state: leg.party.state)
        switch operation {
        case .singleStepTransfer(let destination):
            return try transfer(place, to: destination, telephones, at: now)
        case .singleStepConference(let destination):
            return try callIn(destination, place, telephones, at: now)
        case .initiateTransfer(let destination):
            return try consult(destination, place, for: .transfer, telephones, at: now)
        case .initiateConference(let destination):
            return try consult(destination, place, for: .conference, telephones, at: now)
        case .completeTransfer(let consult):
            return completeTransfer(try pair(operation.name, consult, place), by: person)
        case .completeConference(let consult):
            return completeConference(try pair(operation.name, consult, place), by: person)
        case .swapCalls(let other): return try swap(place, with: other)
        case .removeParticipant(let number): return try remove(number, place)
        case .answer: return answer(place, telephones, at: now)
        case .switchToBargeIn: return supervise(place, as: .bargeIn)
        case .switchToListenIn: return supervise(place, as: .listenIn)
        case .muteMonitoredUser: return muteMonitored(place, true)
        case .unmuteMonitoredUser: return muteMonitored(place, false)
        default: return talk(operation, place, at: now)
        }
    }

    /// Where somebody asks for something: a leg that is there.
    struct Place {
        let key: String
        let person: Person
        let state: CallModel.State
    }

    private func isAllowed(_ operation: CallOperation, _ leg: Leg, atTelephone: Bool) -> Bool {
        switch operation {
        // Which other call is meant decides; that is looked at when it is known.
        case .completeTransfer, .completeConference: true
        case .swapCalls: leg.party.state == .held || leg.party.state == .established
        // It works although no capability list of the real server names it.
        case .muteCall: leg.party.state == .established && !leg.party.isMuted
        case .answer where atTelephone: leg.party.state == .ringing
        case .hangup where atTelephone: true
        default: leg.capabilities.contains(operation.name)
        }
    }
}
