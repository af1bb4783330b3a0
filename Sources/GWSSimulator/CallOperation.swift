/// What an agent asks to be done with a call, read from the body of a POST to `/me/calls/{id}`.
package enum CallOperation: Sendable, Hashable {
    case answer, hold, retrieve, hangup, clearCall
    case sendDtmf(String)
    case muteCall, unmuteCall
    case singleStepTransfer(Destination)
    case initiateTransfer(Destination)
    /// With the id of the consult call, if it was given.
    case completeTransfer(consult: String?)
    case singleStepConference(Destination)
    case initiateConference(Destination)
    case completeConference(consult: String?)
    case removeParticipant(String)
    /// With the id of the other call.
    case swapCalls(other: String)
    case attachUserData([JSON.Member])
    case updateUserData([JSON.Member])
    case deleteUserData
    case deleteUserDataPair(String)
    case startCallRecording, pauseCallRecording, resumeCallRecording, stopCallRecording
    case switchToBargeIn, switchToListenIn
    case muteMonitoredUser, unmuteMonitoredUser

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
        case .singleStepTransfer: "SingleStepTransfer"
        case .initiateTransfer: "InitiateTransfer"
        case .completeTransfer: "CompleteTransfer"
        case .singleStepConference: "SingleStepConference"
        case .initiateConference: "InitiateConference"
        case .completeConference: "CompleteConference"
        case .removeParticipant: "RemoveParticipantFromConference"
        case .swapCalls: "SwapCalls"
        case .attachUserData: "AttachUserData"
        case .updateUserData: "UpdateUserData"
        case .deleteUserData: "DeleteUserData"
        case .deleteUserDataPair: "DeleteUserDataPair"
        case .startCallRecording: "StartCallRecording"
        case .pauseCallRecording: "PauseCallRecording"
        case .resumeCallRecording: "ResumeCallRecording"
        case .stopCallRecording: "StopCallRecording"
        case .switchToBargeIn: "SwitchToBargeIn"
        case .switchToListenIn: "SwitchToListenIn"
        case .muteMonitoredUser: "MuteMonitoredUser"
        case .unmuteMonitoredUser: "UnmuteMonitoredUser"
        }
    }

    /// The feature that the operation of that name needs besides `api-voice`. The page of `UnmuteMonitoredUser` names
    /// none.
    package static func feature(of name: String) -> String? {
        switch name {
        case "StartCallRecording", "PauseCallRecording", "ResumeCallRecording", "StopCallRecording":
            "api-voice-recording"
        case "SwitchToBargeIn", "SwitchToListenIn", "MuteMonitoredUser": "api-supervisor-monitoring"
        default: nil
        }
    }
}
