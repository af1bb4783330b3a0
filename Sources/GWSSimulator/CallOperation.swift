/// What an agent asks to be done with a call, read from the body of a POST to `/me/calls/{id}`.
package enum CallOperation: Sendable, Hashable {
    case answer, hold, retrieve, hangup, clearCall
    case sendDtmf(String)
    case muteCall, unmuteCall
    case attachUserData([JSON.Member])
    case updateUserData([JSON.Member])
    case deleteUserData
    case deleteUserDataPair(String)
    case startCallRecording, pauseCallRecording, resumeCallRecording, stopCallRecording

    static let recordingNames: Set<String> = [
        "StartCallRecording", "PauseCallRecording", "ResumeCallRecording", "StopCallRecording",
    ]

    /// Documented names that are not simulated yet.
    static let notSimulated: Set<String> = [
        "SingleStepTransfer", "InitiateTransfer", "CompleteTransfer", "SingleStepConference",
        "InitiateConference",
        "CompleteConference", "RemoveParticipantFromConference", "SwapCalls", "SwitchToBargeIn",
        "SwitchToListenIn",
        "MuteMonitoredUser", "UnmuteMonitoredUser",
    ]

    package init(body: JSON) throws(Refusal) {
        guard let name = body["operationName"]?.string else { throw .missing("operationName") }
        switch name {
        case "Answer": self = .answer
        case "Hold": self = .hold
        case "Retrieve": self = .retrieve
        case "Hangup": self = .hangup
        case "ClearCall": self = .clearCall
        case "MuteCall": self = .muteCall
        case "UnmuteCall": self = .unmuteCall
        case "StartCallRecording": self = .startCallRecording
        case "PauseCallRecording": self = .pauseCallRecording
        case "ResumeCallRecording": self = .resumeCallRecording
        case "StopCallRecording": self = .stopCallRecording
        case "DeleteUserData": self = .deleteUserData
        case "SendDtmf":
            guard let digits = body["digits"]?.string else { throw .missing("digits") }
            guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
                throw .invalid("digits")
            }
            self = .sendDtmf(digits)
        case "DeleteUserDataPair":
            guard let key = body["key"]?.string else { throw .missing("key") }
            self = .deleteUserDataPair(key)
        case "AttachUserData", "UpdateUserData":
            guard let data = body["userData"] else { throw .missing("userData") }
            guard data.isObject else { throw .invalid("userData") }
            self = name == "AttachUserData" ? .attachUserData(data.members) : .updateUserData(data.members)
        case let name where Self.notSimulated.contains(name): throw .notSimulated(name)
        default: throw .unknownOperation(name)
        }
    }

    package var name: String {
        switch self {
        case .answer: "Answer"
        case .hold: "Hold"
        case .retrieve: "Retrieve"
        case .hangup: "Hangup"
        case .clearCall: "ClearCall"
        case .sendDtmf: "SendDtmf"
        case .muteCall: "MuteCall"
        case .unmuteCall: "UnmuteCall"
        case .attachUserData: "AttachUserData"
        case .updateUserData: "UpdateUserData"
        case .deleteUserData: "DeleteUserData"
        case .deleteUserDataPair: "DeleteUserDataPair"
        case .startCallRecording: "StartCallRecording"
        case .pauseCallRecording: "PauseCallRecording"
        case .resumeCallRecording: "ResumeCallRecording"
        case .stopCallRecording: "StopCallRecording"
        }
    }
}
