import GWSSimulator
import Testing

/// How bodies of POSTs to devices, to the voice channel and to `me` are read.
@Suite struct DeviceOperationTests {
    @Test func `monitoring is of all calls and of calls, unless told otherwise`() throws {
        let body = #"{"operationName":"ListenIn","targetDeviceUri":"http://gws/api/v2/devices/d-2"}"#
        #expect(try DeviceOperation(body: JSON(parsing: body)) == .monitor(.init(.listenIn, of: "d-2")))
        let more = #"""
            {"operationName":"BargeIn","targetDeviceUri":"http://gws/api/v2/devices/d-2","phoneNumber":"5002",
             "supervisorMonitoringScope":"Agent","supervisorMonitoringMode":"NextCall"}
            """#
        #expect(
            try DeviceOperation(body: JSON(parsing: more))
                == .monitor(.init(.bargeIn, of: "d-2", mode: .nextCall, scope: .agent)))
    }

    @Test(arguments: [
        ("{}", Refusal.missing("operationName")),
        (#"{"operationName":5}"#, .invalid("operationName")),
        (#"{"operationName":"CancelForward"}"#, .unknownOperation("CancelForward")),
        (#"{"operationName":"ForwardCallsOn"}"#, .missing("destination")),
        (#"{"operationName":"ForwardCallsOn","destination":{"phoneNumber":"1"}}"#, .invalid("destination")),
        (#"{"operationName":"ForwardCallsOn","destination":""}"#, .invalid("destination")),
        (#"{"operationName":"ListenIn"}"#, .missing("targetDeviceUri")),
        (#"{"operationName":"Coach","targetDeviceUri":"5002"}"#, .invalid("targetDeviceUri")),
        (#"{"operationName":"Coach","targetDeviceUri":"http://gws/devices/"}"#, .invalid("targetDeviceUri")),
        (
            #"{"operationName":"BargeIn","targetDeviceUri":"/devices/d","supervisorMonitoringScope":"All"}"#,
            .invalid("supervisorMonitoringScope")
        ),
        (
            #"{"operationName":"BargeIn","targetDeviceUri":"/devices/d","supervisorMonitoringMode":1}"#,
            .invalid("supervisorMonitoringMode")
        ),
        (
            #"{"operationName":"BargeIn","targetDeviceUri":"/devices/d","phoneNumber":5002}"#,
            .invalid("phoneNumber")
        ),
    ])
    func `a bad operation on a device is refused by name`(body: String, refusal: Refusal) throws {
        let json = try JSON(parsing: body)
        #expect(throws: refusal) { try DeviceOperation(body: json) }
    }

    @Test(arguments: [
        ("Ready", "9430250E-0A1B-421F-B372-F29E69366DED", "Ready", nil),
        ("NotReady", "900D55CC-2BB0-431F-8BF9-D3525B383BE6", "NotReady", nil),
        ("AfterCallWork", "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF", "NotReady", "AfterCallWork"),
        ("AuxWork", "2B36138D-C564-4562-A8CB-3C32D564F296", "NotReady", "AuxWork"),
        ("Offline", "0F7F5003-EF26-4D13-A6EF-D0C7EC819BEB", "LoggedOut", nil),
    ])
    func `each agent state has its documented id`(name: String, id: String, state: String, mode: String?)
        throws
    {
        let userState = try VoiceOperation(body: ["operationName": .string(name)]).userState
        #expect(userState.id == id)
        #expect(userState.state == state)
        #expect(userState.workMode == mode)
    }

    @Test(arguments: ["ManualIn", "AutoIn"])
    func `ready may be told how calls are to come in`(mode: String) throws {
        let body: JSON = ["operationName": "Ready", "workmode": .string(mode)]
        #expect(try VoiceOperation(body: body).userState.workMode == mode)
    }

    @Test(arguments: [
        (#"{"operationName":"Ready","workmode":"Manual"}"#, Refusal.invalid("workmode")),
        (#"{"operationName":"AfterCallWork","wrapUpTime":0}"#, .invalid("wrapUpTime")),
        (#"{"operationName":"AfterCallWork","wrapUpTime":"soon"}"#, .invalid("wrapUpTime")),
        (#"{"operationName":"AfterCallWork","wrapUpTime":"1\u0301"}"#, .invalid("wrapUpTime")),
        (#"{"operationName":"Lunch"}"#, .unknownOperation("Lunch")),
        ("[]", .missing("operationName")),
    ])
    func `a bad agent state is refused by name`(body: String, refusal: Refusal) throws {
        let json = try JSON(parsing: body)
        #expect(throws: refusal) { try VoiceOperation(body: json) }
    }

    @Test func `a site's own state is posted by its name`() throws {
        let states = AgentStateSetting.system + [.notReady(because: "Lunch")]
        let operation = try VoiceOperation(body: ["operationName": "Lunch"], states: states)
        #expect(operation.userState.state == "NotReady")
        #expect(operation.userState.reason == "Lunch")
    }

    @Test(arguments: [
        (#"{"operationName":"StartContactCenterSession"}"#, Refusal.missing("channels")),
        (#"{"operationName":"StartContactCenterSession","channels":"voice"}"#, .invalid("channels")),
        (#"{"operationName":"StartContactCenterSession","channels":[]}"#, .invalid("channels")),
        (#"{"operationName":"StartContactCenterSession","channels":["voice",1]}"#, .invalid("channels")),
        (#"{"operationName":"StartContactCenterSession","channels":["voice"],"place":1}"#, .invalid("place")),
        (#"{"operationName":"Login"}"#, .unknownOperation("Login")),
    ])
    func `a bad operation on the session is refused by name`(body: String, refusal: Refusal) throws {
        let json = try JSON(parsing: body)
        #expect(throws: refusal) { try SessionOperation(body: json) }
    }

    @Test func `channels that fail beside others that do not are a partial success`() {
        let start = SessionStart(
            channels: ["voice", "chat", "email"], voice: nil, multimedia: .interactionServerUnavailable)
        #expect(
            start.partialSuccess?.serialized == """
                {"statusCode":7,"failed":[{"statusCode":4,"statusMessage":"Interaction server connection is not \
                opened","channel":"multimedia"}],"succeeded":[{"statusCode":0,"channel":"voice"}]}
                """)
    }

    @Test func `channels that all fail, or none, are no partial success`() {
        let lost = SessionStart(
            channels: ["voice"], voice: .voiceServiceUnavailable, multimedia: nil)
        #expect(lost.partialSuccess == nil)
        #expect(lost.succeeded.isEmpty)
        #expect(SessionStart(channels: ["voice"], voice: nil, multimedia: nil).partialSuccess == nil)
    }

    @Test func `reply and notification are at most the gap apart, and one of them is not late`() {
        #expect(ReplyOrder.random.delays(gap: .milliseconds(50), chance: 1).event == .milliseconds(50))
        #expect(ReplyOrder.random.delays(gap: .milliseconds(50), chance: -1).reply == .milliseconds(50))
        #expect(ReplyOrder.random.delays(gap: .milliseconds(50), chance: 0.5) == (.zero, .milliseconds(25)))
        #expect(ReplyOrder.eventFirst.delays(gap: .milliseconds(50), chance: 1) == (.milliseconds(50), .zero))
        #expect(
            ReplyOrder.replyFirst.delays(gap: .milliseconds(50), chance: -1) == (.zero, .milliseconds(50)))
        #expect(ReplyOrder.together.delays(gap: .milliseconds(50), chance: 1) == (.zero, .zero))
    }
}
