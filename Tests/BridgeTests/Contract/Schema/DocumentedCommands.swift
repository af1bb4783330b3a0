/// The operations as the documentation of GWS prints them or its clients were seen to send them, each with an address.
enum DocumentedCommands {
    static let all = ofCalls + ofDevices + ofAgents

    private static let ofCalls = [
        #"{"operationName":"Answer"}"#,
        #"{"operationName":"Hold"}"#,
        #"{"operationName":"Retrieve"}"#,
        #"{"operationName":"Hangup"}"#,
        #"{"operationName":"ClearCall"}"#,
        #"{"operationName":"SendDtmf","digits":"4"}"#,
        #"{"operationName":"SendDtmf","digits":"18005550100"}"#,
        #"{"operationName":"MuteCall"}"#,
        #"{"operationName":"UnmuteCall"}"#,
        #"{"operationName":"SingleStepTransfer","destination":{"phoneNumber":"15002"}}"#,
        #"{"operationName":"InitiateTransfer","destination":{"phoneNumber":"15002"},"location":"SIP_Switch"}"#,
        #"{"operationName":"InitiateTransfer","destination":{"phoneNumber":"15002"},"userData":{"Reason":"Sales"}}"#,
        #"{"operationName":"CompleteTransfer"}"#,
        #"{"operationName":"CompleteTransfer","consultCallUri":"http://127.0.0.1:8080/api/v2/me/calls/01RCC3N118B1V0SL8O7GK2LAES00000N"}"#,
        #"{"operationName":"SingleStepConference","destination":{"phoneNumber":"15002"}}"#,
        #"{"operationName":"InitiateConference","destination":{"phoneNumber":"15002"}}"#,
        #"{"operationName":"CompleteConference"}"#,
        #"{"operationName":"RemoveParticipantFromConference","participant":"15001"}"#,
        #"{"operationName":"SwapCalls","otherCallUri":"http://127.0.0.1:8080/api/v2/me/calls/01RCC3N118B1V0SL8O7GK2LAES00000B"}"#,
        #"{"operationName":"AttachUserData","userData":{"CustomerName":"Smith","Priority":3}}"#,
        #"{"operationName":"UpdateUserData","userData":{"WWE_PARTY_1002":{"username":"u","firstname":"f","lastname":"l","path":"/users/3f65"}}}"#,
        #"{"operationName":"DeleteUserData"}"#,
        #"{"operationName":"DeleteUserDataPair","key":"CustomerName"}"#,
        #"{"operationName":"StartCallRecording"}"#,
        #"{"operationName":"StopCallRecording"}"#,
        #"{"operationName":"PauseCallRecording"}"#,
        #"{"operationName":"ResumeCallRecording"}"#,
        #"{"operationName":"SwitchToBargeIn"}"#,
        #"{"operationName":"SwitchToListenIn"}"#,
        #"{"operationName":"MuteMonitoredUser"}"#,
        #"{"operationName":"UnmuteMonitoredUser"}"#,
    ].map { addressed($0, #""agent":"5001","callId":"01RCC3N118B1V0SL8O7GK2LAES00000V""#) }

    private static let ofDevices = [
        #"{"operationName":"Dial","destination":{"phoneNumber":"15002"}}"#,
        #"{"operationName":"ForwardCallsOn","destination":"5001"}"#,
        #"{"operationName":"ForwardCallsOff"}"#,
        #"{"operationName":"DoNotDisturbOn"}"#,
        #"{"operationName":"DoNotDisturbOff"}"#,
        #"{"operationName":"ListenIn","targetDeviceUri":"http://127.0.0.1:8080/api/v2/devices/631608b3-ceb1-472b-ba05-2ae39555b0d1","supervisorMonitoringScope":"Call","supervisorMonitoringMode":"AllCalls","phoneNumber":"5002"}"#,
        #"{"operationName":"Coach","targetDeviceUri":"http://127.0.0.1:8080/api/v2/devices/631608b3-ceb1-472b-ba05-2ae39555b0d1"}"#,
        #"{"operationName":"BargeIn","targetDeviceUri":"http://127.0.0.1:8080/api/v2/devices/631608b3-ceb1-472b-ba05-2ae39555b0d1"}"#,
        #"{"operationName":"CancelSupervisorMonitoring"}"#,
    ].map { addressed($0, #""agent":"5001","deviceId":"55b8023d-573d-48d3-b4ac-e29ba3c5861d""#) }

    private static let ofAgents = [
        #"{"operationName":"StartContactCenterSession","channels":["voice"]}"#,
        #"{"operationName":"StartContactCenterSession","channels":["voice","chat","email"],"place":"SIP_5001","queue":"8000","loginCode":"1001","mobileSession":{"mobileDeviceId":"m","debug":true}}"#,
        #"{"operationName":"EndContactCenterSession"}"#,
        #"{"operationName":"Ready"}"#,
        #"{"operationName":"Ready","workmode":"ManualIn"}"#,
        #"{"operationName":"NotReady"}"#,
        #"{"operationName":"AfterCallWork","wrapUpTime":"0"}"#,
        #"{"operationName":"AuxWork"}"#,
        #"{"operationName":"Offline"}"#,
    ].map { addressed($0, #""agent":"5001""#) }

    private static func addressed(_ operation: String, _ address: String) -> [UInt8] {
        Array("{\(address),\(operation.dropFirst())".utf8)
    }
}
