/// Notifications as the documentation of GWS prints them, or as GWS 8.5.202 was seen to send them.
enum GWSSamples {
    static let all: [String] = [
        recording, pausedRecording, ringing, established, attachedData, participants, dtmf, oldFormat,
        consult, released,
        monitored, device, transientDevice, devices, deviceError, bareError, callError, service,
        passwordChange,
    ]

    private static let numbers =
        #"[{"e164Number":"","formattedPhoneNumber":"15001","phoneNumber":"15001","digits":"15001"}]"#

    private static let address =
        #""deviceUri":"http://127.0.0.1:8080/api/v2/devices/631608b3-ceb1-472b-ba05-2ae39555b0d1""#

    private static func call(_ type: String, _ call: String, _ more: String = "") -> String {
        #"{"data":{"notificationType":"\#(type)","messageType":"CallStateChangeMessage","phoneNumber":"15000","call":{\#(call)}\#(more)},"channel":"/v2/me/calls"}"#
    }

    private static let recording = call(
        "CallRecordingStateChange",
        #""id":"01RCC3N118B1V0SL8O7GK2LAES00000V","callUuid":"01RCC3N118B1V0SL8O7GK2LAES00000V","connId":"007102719818001f","state":"Established",\#(address),"participants":\#(numbers),"dnis":"15001","callType":"Internal","capabilities":["UpdateUserData","SendDtmf","InitiateConference","Hold","SingleStepTransfer","InitiateTransfer","AttachUserData","DeleteUserDataPair","SingleStepConference","DeleteUserData","Hangup","PauseCallRecording","StopCallRecording"],"userData":{"GSIP_RECORD":"ON","GSIP_REC_FN":"01RCC3N118B1V0SL8O7GK2LAES00000V_15000_15000_15001_2015-10-16_14-33-31"},"duration":"12","mute":"Off","recordingState":"Recording","supervisorListeningIn":false,"monitoredUserMuted":false,"monitoring":false,"uri":"http://127.0.0.1:8080/api/v2/me/calls/01RCC3N118B1V0SL8O7GK2LAES00000V","path":"/calls/01RCC3N118B1V0SL8O7GK2LAES00000V""#
    )

    private static let pausedRecording = call(
        "CallRecordingStateChange",
        #""id":"01RCC3N118B1V0SL8O7GK2LAES00000V","state":"Established","capabilities":["Hangup","ResumeCallRecording","StopCallRecording"],"userData":{"GSIP_RECORD":"PAUSED"},"duration":"498","recordingState":"Paused""#
    )

    private static let metrics =
        #","metrics":{"eventProcessing":{"nodeProcessingTimeNanos":465232,"serverGenerationTimestamp":1769554688150,"serverProcessingTimeTotalMs":3}}"#

    private static let ringing = call(
        "StatusChange",
        #""id":"UIVB8J6JE91C53UIM3VI59VHQ4000015","state":"Ringing","participants":\#(numbers),"dnis":"1002","callType":"Internal","capabilities":["Answer","UpdateUserData","DeleteUserData","DeleteUserDataPair","AttachUserData","ClearCall"],"duration":"0","mute":"Off""#,
        #","extensions":{"BusinessCall":0,"NO_ANSWER_ACTION":"notready","NO_ANSWER_TIMEOUT":15,"OriginationDN":"1003"}"#
            + metrics)

    private static let established = call(
        "StatusChange",
        #""id":"UIVB8J6JE91C53UIM3VI59VHQ4000015","state":"Established","callUuid":"UIVB8J6JE91C53UIM3VI59VHQ4000015","connId":"006c03a7194aa020","deviceUri":"http://gws.example/api/v2/devices/27379f71-0f5a-42a1-b899-ea4456c6b337","participants":\#(numbers),"dnis":"1002","callType":"Internal","capabilities":["UpdateUserData","ClearCall","Hold","InitiateTransfer"],"userData":{"PhoneNumber":"1002","IW_CaseUid":"c75165c3"},"duration":"2","mute":"Off","supervisorListeningIn":false,"monitoredUserMuted":false,"monitoring":false,"uri":"http://gws.example/api/v2/me/calls/UIVB8J6JE91C53UIM3VI59VHQ4000015","path":"/calls/UIVB8J6JE91C53UIM3VI59VHQ4000015","case":[]"#,
        #","extensions":{"BusinessCall":1,"WrapUpTime":20}"# + metrics)

    private static let attachedData = call(
        "AttachedDataChanged",
        #""id":"UIVB8J6JE91C53UIM3VI59VHQ4000015","state":"Ringing","userData":{"WWE_PARTY_1002":{"username":"u","path":"/users/3f65"},"Priority":3}"#,
        metrics)

    private static let participants = call(
        "ParticipantsUpdated",
        #""id":"00RV9H7S6O8V3BSHAG7GK2LAES00002M","state":"Established","participants":\#(numbers)"#)

    private static let dtmf = call(
        "DtmfSent", #""id":"00RV9H7S6O8V3BSHAG7GK2LAES00002M","state":"Established""#)

    /// Ids that are connection ids, and participants that are texts.
    private static let oldFormat = call(
        "StatusChange",
        #""id":"0071022ec8ac8056","state":"Held","participants":["15001"],"participantsInfo":[{"digits":"15001","e164Number":"","formattedPhoneNumber":"15001"}],"ani":"15001""#
    )

    private static let consult = call(
        "StatusChange",
        #""id":"00RV9H7S6O8V3BSHAG7GK2LAES00002N","state":"Dialing","callType":"Consult","parentCallUri":"http://127.0.0.1:8080/api/v2/me/calls/00RV9H7S6O8V3BSHAG7GK2LAES00002M","parentCallPath":"/calls/00RV9H7S6O8V3BSHAG7GK2LAES00002M""#
    )

    private static let released = call(
        "StatusChange", #""id":"00RV9H7S6O8V3BSHAG7GK2LAES00002M","state":"Released","capabilities":[]"#)

    private static let monitored = call(
        "MonitoredUserMutedStateChange",
        #""id":"00RV9H7S6O8V3BSHAG7GK2LAES00002M","state":"Established","mute":"On","monitoredUserMuted":true,"supervisorListeningIn":true"#
    )

    private static func devices(_ devices: String) -> String {
        #"{"data":{"messageType":"DeviceStateChangeMessage","devices":[\#(devices)]\#(metrics)},"channel":"/v2/me/devices"}"#
    }

    private static let device = devices(
        #"{"id":"27379f71-0f5a-42a1-b899-ea4456c6b337","deviceState":"Active","userState":{"id":"9430250E-0A1B-421F-B372-F29E69366DED","displayName":"Ready","state":"Ready"},"phoneNumber":"1002","e164Number":"1002","telephonyNetwork":"Private","doNotDisturb":"Off","voiceEnvironmentUri":"http://gws.example/api/v2/voice-environments/1","capabilities":["ForwardCallsOn","DoNotDisturbOn"],"channels":["voice"],"dynamicPhoneNumber":""}"#
    )

    /// Right after a login, with neither id nor name of the state.
    private static let transientDevice = devices(
        #"{"id":"27379f71-0f5a-42a1-b899-ea4456c6b337","userState":{"state":"LoggedIn"}}"#)

    private static let devices = devices(
        #"{"id":"d1","doNotDisturb":"On","forwardTo":"5001"},{"id":"d2","supervisorMonitoringState":{"state":"ListenIn","mode":"AllCalls","scope":"Call","targetDeviceUri":"http://gws.example/api/v2/devices/d3"}}"#
    )

    /// All that GWS said of an operation that had failed.
    private static let deviceError =
        #"{"data":{"messageType":"ErrorMessage","metrics":{"eventProcessing":{"nodeProcessingTimeNanos":116977,"serverGenerationTimestamp":1769049624339,"serverProcessingTimeTotalMs":-1}},"devicePath":"/devices/6f0c9ebb-407d-40b0-a03d-92a2ac0893d9","deviceUri":"http://gws.example/api/v2/devices/6f0c9ebb-407d-40b0-a03d-92a2ac0893d9"},"channel":"/v2/me/devices"}"#

    private static let bareError = #"{"data":{"messageType":"ErrorMessage"},"channel":"/v2/me/calls"}"#

    private static let callError =
        #"{"data":{"messageType":"ErrorMessage","errorMessage":"no","callUri":"http://gws.example/api/v2/me/calls/00RV"},"channel":"/v2/me/calls"}"#

    private static let service =
        #"{"data":{"messageType":"ServiceStateChangeMessage","services":[{"id":"s","type":"Voice","state":"Inactive"}]},"channel":"/notifications/services"}"#

    private static let passwordChange =
        #"{"data":{"notificationType":"PasswordChangeError","errorMessage":"old password wrong","errorCode":2},"channel":"/v2/me"}"#
}
