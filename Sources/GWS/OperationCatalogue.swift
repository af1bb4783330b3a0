/// The operations of GWS that the bridge knows, a row each (HTCC API reference 8.5.2, Voice API: the page of the same
/// name unless a comment says otherwise). The only place that knows them by name.
///
/// Few are repeatable. Most do no more when they come twice, but are then answered with a refusal (not valid in the
/// state that the first brought about), which would hide that the first was done.
public enum OperationCatalogue {
    public static let all = calls + transfers + userData + recording + supervision + devices + agents

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static func named(_ name: String) -> OperationDefinition? { byName[name] }

    private static let state = "state"

    // MARK: Calls

    private static let calls: [OperationDefinition] = [
        OperationDefinition(
            "Answer", .call, "Answers a ringing call.",
            shows: .call("StatusChange", .is(state, "Established"))),
        OperationDefinition(
            "Hold", .call, "Puts a call on hold.", shows: .call("StatusChange", .is(state, "Held"))),
        OperationDefinition(
            "Retrieve", .call, "Takes a call back from hold.",
            shows: .call("StatusChange", .is(state, "Established"))),
        OperationDefinition(
            "Hangup", .call, "Leaves a call.", shows: .call("StatusChange", .is(state, "Released"))),
        OperationDefinition(
            "ClearCall", .call, "Ends a call for all its parties.", isSweeping: true,
            shows: .call("StatusChange", .is(state, "Released"))),
        OperationDefinition(
            "SendDtmf", .call, "Sends digits as tones; the notification does not repeat them.",
            parameters: [.required("digits", .digits)], shows: .call("DtmfSent")),
        OperationDefinition(
            "MuteCall", .call, "Mutes the agent.", shows: .call("StatusChange", .is("mute", "On"))),
        // Its notification is inferred from MuteCall's.
        OperationDefinition(
            "UnmuteCall", .call, "Lets the agent be heard again.",
            shows: .call("StatusChange", .is("mute", "Off"))),
    ]

    // MARK: Transfers and conferences

    private static let destination: [OperationParameter] = [
        .required("destination", .destination), .optional("location", .string, like: "Berlin"),
        .optional("userData", .object),
    ]

    private static let transfers: [OperationDefinition] = [
        OperationDefinition(
            "SingleStepTransfer", .call, "Transfers a call without asking.", parameters: destination,
            shows: .call("StatusChange", .is(state, "Released"))),
        OperationDefinition(
            "InitiateTransfer", .call, "Holds the call and dials a consult call.", parameters: destination,
            shows: .call("StatusChange", .is(state, "Held"))),
        OperationDefinition(
            "CompleteTransfer", .call,
            "Connects the held call with the consult call's party, and leaves both.",
            parameters: [.call("consultCallUri", orID: "consultCallId", isRequired: false)],
            shows: .call("StatusChange", .is(state, "Released"))),
        // Named by AsyncTelephonyOpsCallControl 8.5.0; parameters and notification are inferred.
        OperationDefinition(
            "SingleStepConference", .call, "Adds a party to the call without asking.",
            parameters: destination,
            shows: .call("ParticipantsUpdated", .hasParticipant(parameter: "destination"))),
        OperationDefinition(
            "InitiateConference", .call, "Holds the call and dials a consult call.", parameters: destination,
            shows: .call("StatusChange", .is(state, "Held"))),
        OperationDefinition(
            "CompleteConference", .call, "Joins the consult call's party to the held call.",
            parameters: [.call("consultCallUri", orID: "consultCallId", isRequired: false)],
            shows: .consultCall("StatusChange", .is(state, "Released"))),
        OperationDefinition(
            "RemoveParticipantFromConference", .call,
            "Removes a party; for the conference's owner or a supervisor who monitors.",
            parameters: [.required("participant", .string, like: "5002")],
            shows: .call("ParticipantsUpdated", .lacksParticipant(parameter: "participant"))),
        OperationDefinition(
            "SwapCalls", .call, "Holds the established call and takes back the held one.",
            parameters: [.call("otherCallUri", orID: "otherCallId", isRequired: true)],
            shows: .call(
                "StatusChange", .isOneOf(["state"], ["Established", "Held"]), .hasChanged(["state"]))),
    ]

    // MARK: User data

    private static let userData: [OperationDefinition] = [
        OperationDefinition(
            "AttachUserData", .call,
            "Adds user data, a second time where the key exists; UpdateUserData overwrites.",
            parameters: [.required("userData", .object)],
            shows: .call("AttachedDataChanged", .contains(["userData"], parameter: "userData"))),
        OperationDefinition(
            "UpdateUserData", .call, "Sets the user data named, and keeps the rest.",
            parameters: [.required("userData", .object)], isRepeatable: true,
            shows: .call("AttachedDataChanged", .contains(["userData"], parameter: "userData"))),
        OperationDefinition(
            "DeleteUserData", .call, "Removes all user data of the call.", isSweeping: true,
            shows: .call("AttachedDataChanged", .isAbsent(["userData"]))),
        OperationDefinition(
            "DeleteUserDataPair", .call, "Removes one key of the user data.",
            parameters: [.required("key", .string, like: "AccountNumber")],
            shows: .call("AttachedDataChanged", .lacksKey(["userData"], parameter: "key"))),
    ]

    // MARK: Recording

    private static func recording(_ name: String, _ summary: String, _ state: String) -> OperationDefinition {
        OperationDefinition(
            name, .call, summary, features: ["api-voice-recording"],
            shows: .call("CallRecordingStateChange", .is("recordingState", state)))
    }

    private static let recording = [
        recording("StartCallRecording", "Begins to record the call.", "Recording"),
        recording("StopCallRecording", "Ends the recording.", "Stopped"),
        recording("PauseCallRecording", "Pauses the recording.", "Paused"),
        // Named as a capability (CallRecordingPauseCallRecording); its notification is inferred.
        recording("ResumeCallRecording", "Goes on with a paused recording.", "Recording"),
    ]

    // MARK: Supervision

    private static let supervising = ["api-voice", "api-supervisor-monitoring"]

    /// From the supervisor's own device (SupervisorListenIn). The sheet does not say that the number is required, so
    /// GWS is left to judge; Coach and BargeIn are named as capabilities of devices, and are taken to be alike.
    private static func monitoring(_ name: String, _ summary: String) -> OperationDefinition {
        OperationDefinition(
            name, .device, summary,
            parameters: [
                .required(
                    "targetDeviceUri", .uri,
                    like: "https://gws.example/api/v2/devices/55b8023d-573d-48d3-b4ac-e29ba3c5861d"),
                .optional("phoneNumber", .string, like: "5002"),
                .optional("supervisorMonitoringScope", .oneOf(["Agent", "Call"])),
                .optional("supervisorMonitoringMode", .oneOf(["NextCall", "AllCalls"])),
            ],
            features: supervising, shows: .device(.is("supervisorMonitoringState.state", name)))
    }

    private static let supervision = [
        monitoring("ListenIn", "Listens to another agent's calls."),
        monitoring("Coach", "Listens to another agent's calls, and speaks to the agent only."),
        monitoring("BargeIn", "Joins another agent's calls."),
        OperationDefinition(
            "CancelSupervisorMonitoring", .device, "Ends the monitoring of another agent.",
            features: supervising, shows: .device(.isAbsent(["supervisorMonitoringState"]))),
        OperationDefinition(
            "SwitchToBargeIn", .call, "Lets the supervisor be heard by all; from ListenIn or Coach.",
            features: supervising, shows: .call("StatusChange", .is("mute", "Off"))),
        OperationDefinition(
            "SwitchToListenIn", .call, "Lets the supervisor only listen.", features: supervising,
            shows: .call("StatusChange", .is("mute", "On"))),
        OperationDefinition(
            "MuteMonitoredUser", .call, "Mutes the monitored agent.", features: supervising,
            shows: .call("MonitoredUserMutedStateChange", .is("monitoredUserMuted", "true"))),
        OperationDefinition(
            "UnmuteMonitoredUser", .call, "Lets the monitored agent be heard again.",
            shows: .call("MonitoredUserMutedStateChange", .is("monitoredUserMuted", "false"))),
    ]

    // MARK: Devices

    private static let devices: [OperationDefinition] = [
        OperationDefinition(
            "Dial", .device, "Begins a call.", path: "/me/devices/{deviceId}/calls", parameters: destination,
            shows: .newCall("StatusChange", .is(state, "Dialing"))),
        OperationDefinition(
            "ForwardCallsOn", .device, "Forwards calls to a number, which stands there as plain text.",
            parameters: [.required("destination", .string, like: "5002")],
            shows: .device(.equals(["forwardTo"], parameter: "destination"))),
        OperationDefinition(
            "ForwardCallsOff", .device, "Forwards calls no more.", shows: .device(.isAbsent(["forwardTo"]))),
        OperationDefinition(
            "DoNotDisturbOn", .device, "Lets no call ring.", shows: .device(.is("doNotDisturb", "On"))),
        OperationDefinition(
            "DoNotDisturbOff", .device, "Lets calls ring again.", shows: .device(.is("doNotDisturb", "Off"))),
    ]

    // MARK: The agent's state and session

    private static let agents: [OperationDefinition] = [
        OperationDefinition(
            "Ready", .voiceChannel, "Takes calls.",
            parameters: [.optional("workmode", .oneOf(["ManualIn", "AutoIn"]))], isRepeatable: true,
            login: .online, shows: .device(.is("userState.state", "Ready"))),
        OperationDefinition(
            "NotReady", .voiceChannel, "Takes no calls.", isRepeatable: true, login: .online,
            shows: .device(.is("userState.state", "NotReady"), .isAbsent(["userState", "workMode"]))),
        OperationDefinition(
            "AfterCallWork", .voiceChannel, "Finishes the work on a call.",
            parameters: [.optional("wrapUpTime", .string, like: "0")], login: .online,
            shows: .device(.is("userState.workMode", "AfterCallWork"))),
        OperationDefinition(
            "AuxWork", .voiceChannel, "Does other work.", isRepeatable: true, login: .online,
            shows: .device(.is("userState.workMode", "AuxWork"))),
        // A state of the settings' list; where it is posted to is inferred.
        OperationDefinition(
            "Offline", .voiceChannel, "Logs the agent out of the voice channel.", isSweeping: true,
            login: .offline,
            shows: .device(.isOneOf(["userState", "state"], ["LoggedOut", "Logout"]))),
        OperationDefinition(
            "StartContactCenterSession", .session, "Logs the agent in on a place, for channels.",
            parameters: [
                .required("channels", .strings), .optional("place", .string, like: "SIP_5001"),
                .optional("queue", .string, like: "8000"),
                .optional("loginCode", .string, like: "1001"),
                .optional("devicePath", .string, like: "/devices/55b8023d-573d-48d3-b4ac-e29ba3c5861d"),
            ],
            login: .start,
            shows: .device(.isOneOf(["userState", "state"], ["LoggedIn", "Ready", "NotReady"]))),
        OperationDefinition(
            "EndContactCenterSession", .session, "Logs the agent out, and ends the HTTP session with GWS.",
            isSweeping: true, login: .end),
    ]
}
