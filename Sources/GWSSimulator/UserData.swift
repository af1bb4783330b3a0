extension [JSON.Member] {
    /// Puts the value in place of the first of that name, else at the end.
    mutating func set(_ key: String, _ value: JSON) {
        guard let index = firstIndex(where: { $0.key == key }) else {
            return append(JSON.Member(key, value))
        }
        self[index].value = value
    }

    /// Whether a call may have it for its user data.
    var fitsIntoCall: Bool { JSON.object(self).serialized.utf8.count <= CallModel.userDataLimit }

    /// What the call has after the operation; nil if that adds nothing to it.
    func after(_ operation: CallOperation) -> Self? {
        var data = self
        switch operation {
        case .attachUserData(let added): data += added
        case .updateUserData(let changed): for member in changed { data.set(member.key, member.value) }
        case .singleStepTransfer(let destination), .singleStepConference(let destination):
            for member in destination.userData { data.set(member.key, member.value) }
        // They are the new call's.
        case .initiateTransfer(let destination), .initiateConference(let destination):
            data = destination.userData
        default: return nil
        }
        return data
    }
}
