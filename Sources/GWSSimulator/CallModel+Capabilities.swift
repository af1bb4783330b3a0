extension CallModel {
    private static let userDataOperations = [
        "UpdateUserData", "DeleteUserData", "DeleteUserDataPair", "AttachUserData",
    ]

    /// What the party may do now, as the call resource lists it. Names the simulator does not carry out yet are
    /// listed too: the real server lists them.
    package func capabilities(of party: Party, mayRecord: Bool) -> [String] {
        switch party.state {
        case .ringing:
            // No Hangup while it rings.
            return ["Answer"] + Self.userDataOperations + ["ClearCall"]
        case .dialing:
            return ["SendDtmf"] + Self.userDataOperations + ["Hangup"]
        case .established:
            return [
                "UpdateUserData", "DeleteUserData", "DeleteUserDataPair", "InitiateConference",
                "AttachUserData",
                "Hangup", "SingleStepConference", "SingleStepTransfer", "SendDtmf", "ClearCall", "Hold",
                "InitiateTransfer",
            ] + (party.isMuted ? ["UnmuteCall"] : []) + (mayRecord ? recordingCapabilities : [])
        case .held:
            return [
                "Retrieve", "Hangup", "SingleStepTransfer", "SingleStepConference", "InitiateTransfer",
                "InitiateConference",
            ] + Self.userDataOperations + (mayRecord ? recordingCapabilities : [])
        case .released:
            return []
        }
    }

    private var recordingCapabilities: [String] {
        switch recording {
        case .stopped: ["StartCallRecording"]
        case .recording: ["PauseCallRecording", "StopCallRecording"]
        case .paused: ["ResumeCallRecording", "StopCallRecording"]
        }
    }
}
