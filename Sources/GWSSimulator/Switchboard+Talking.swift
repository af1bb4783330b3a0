// What concerns one call and changes nobody else's place in it.

extension Switchboard {
    mutating func talk(_ operation: CallOperation, _ place: Place, at now: Int64) -> [Effect] {
        let (key, person) = (place.key, place.person)
        switch operation {
        case .hold: return move(place, to: .held)
        case .retrieve: return retrieve(place)
        case .hangup: return depart([person], from: key)
        case .clearCall: return end(key, first: person)
        case .sendDtmf: return told([person], .dtmfSent, in: key)
        case .muteCall, .unmuteCall:
            change(person, in: key) { $0.isMuted = operation == .muteCall }
            return told([person], .statusChange, in: key)
        case .startCallRecording: return record(.recording, mark: "ON", place, at: now)
        case .pauseCallRecording: return record(.paused, mark: "PAUSED", place, at: now)
        case .resumeCallRecording: return record(.recording, mark: "ON", place, at: now)
        case .stopCallRecording: return record(.stopped, mark: "OFF", place, at: now)
        case .attachUserData(let added): change(key) { $0.userData += added }
        case .updateUserData(let changed):
            change(key) { call in for member in changed { call.set(member.key, member.value) } }
        case .deleteUserData: change(key) { $0.userData = [] }
        case .deleteUserDataPair(let name): change(key) { $0.userData.removeAll { $0.key == name } }
        default: return []
        }
        return tellAll(.attachedDataChanged, place)
    }

    /// The others' legs stay as they are: they hear music.
    private mutating func move(_ place: Place, to state: CallModel.State) -> [Effect] {
        change(place.person, in: place.key) { $0.state = state }
        return told([place.person], .statusChange, in: place.key)
    }

    private mutating func retrieve(_ place: Place) -> [Effect] {
        change(place.person, in: place.key) { $0.state = .established }
        let held = hold(othersThan: place.key, of: place.person)
        return told([place.person], .statusChange, in: place.key) + held
    }

    private mutating func record(
        _ state: CallModel.Recording, mark: String, _ place: Place, at now: Int64
    ) -> [Effect] {
        change(place.key) { call in
            if call.recording == .stopped, let party = call.party(place.person) {
                let numbers = [party.number] + call.talking.map(\.number)
                let name =
                    "\(call.identity.uuid)_\(numbers.joined(separator: "_"))_\(Timestamp.fileName(now))"
                call.set("GSIP_REC_FN", .string(name + "_simulator__contact-center"))
            }
            call.recording = state
            call.set("GSIP_RECORD", .string(mark))
        }
        return tellAll(.recordingStateChange, place)
    }

    private func tellAll(_ type: NotificationType, _ place: Place) -> [Effect] {
        told([place.person] + others(than: place.person, in: place.key), type, in: place.key)
    }
}
