import GWSSimulator
import Testing

@Suite struct DeviceModelTests {
    private var device = DeviceModel(id: "d-1", phoneNumber: "5001")
    private let watching = DeviceOperation.monitor(.init(.coach, of: "d-2", mode: .nextCall, scope: .agent))

    @Test func `its resource has the members that GWS sends, in GWS's order`() {
        #expect(
            device.resource(baseURL: "http://gws/api/v2", maySupervise: false).serialized == """
                {"id":"d-1","deviceState":"Active","userState":{"id":"9430250E-0A1B-421F-B372-F29E69366DED",\
                "displayName":"Ready","state":"Ready"},"phoneNumber":"5001","description":"","e164Number":"",\
                "telephonyNetwork":"Private","doNotDisturb":"Off","voiceEnvironmentUri":"http://gws/api/v2/\
                voice-environments/2f9b4f4e-0a54-4c9a-8d0a-3a1d9c1f6f01","capabilities":["ForwardCallsOn",\
                "DoNotDisturbOn"],"channels":["voice"],"dynamicPhoneNumber":""}
                """)
    }

    @Test mutating func `forwarding is shown with its number and offers its end`() throws {
        try device.perform(.forwardCallsOn("5009"), maySupervise: false)
        #expect(resource["forwardTo"]?.string == "5009")
        #expect(capabilities == ["ForwardCallsOff", "DoNotDisturbOn"])
        try device.perform(.forwardCallsOff, maySupervise: false)
        #expect(resource["forwardTo"] == nil)
        #expect(capabilities == ["ForwardCallsOn", "DoNotDisturbOn"])
    }

    @Test mutating func `not to be disturbed is shown and offers its end`() throws {
        try device.perform(.doNotDisturbOn, maySupervise: false)
        #expect(resource["doNotDisturb"]?.string == "On")
        #expect(capabilities == ["ForwardCallsOn", "DoNotDisturbOff"])
        try device.perform(.doNotDisturbOff, maySupervise: false)
        #expect(resource["doNotDisturb"]?.string == "Off")
    }

    @Test mutating func `whom a supervisor watches is shown, and only the end of it offered`() throws {
        try device.perform(watching, maySupervise: true)
        let resource = device.resource(baseURL: "http://gws/api/v2", maySupervise: true)
        #expect(
            resource["supervisorMonitoringState"]?.serialized == """
                {"state":"Coach","mode":"NextCall","scope":"Agent","targetDeviceUri":"http://gws/api/v2/devices/d-2"}
                """)
        let capabilities = device.capabilities(maySupervise: true)
        #expect(capabilities == ["ForwardCallsOn", "DoNotDisturbOn", "CancelSupervisorMonitoring"])
        try device.perform(.cancelSupervisorMonitoring, maySupervise: true)
        #expect(device.monitoring == nil)
    }

    @Test mutating func `what is not among the capabilities is refused and changes nothing`() throws {
        for operation in [
            DeviceOperation.forwardCallsOff, .doNotDisturbOff, .cancelSupervisorMonitoring,
        ] {
            #expect(throws: Refusal.notAllowedNow(operation.name)) {
                try device.perform(operation, maySupervise: true)
            }
        }
        #expect(device == DeviceModel(id: "d-1", phoneNumber: "5001"))
    }

    @Test mutating func `who may not supervise is told which feature is missing`() {
        #expect(throws: Refusal.featureMissing("api-supervisor-monitoring")) {
            try device.perform(watching, maySupervise: false)
        }
    }

    @Test mutating func `nobody watches itself`() {
        #expect(throws: Refusal.invalid("targetDeviceUri")) {
            try device.perform(.monitor(.init(.listenIn, of: "d-1")), maySupervise: true)
        }
    }

    @Test mutating func `an inactive device can do nothing`() {
        device.deviceState = .inactive
        #expect(capabilities == [])
    }

    @Test mutating func `who logs out watches nobody, and stays forwarded`() throws {
        try device.perform(watching, maySupervise: true)
        try device.perform(.forwardCallsOn("5009"), maySupervise: true)
        try device.perform(VoiceOperation(body: ["operationName": "Offline"]))
        #expect(device.userState.state == "LoggedOut")
        #expect(device.monitoring == nil)
        #expect(device.forwardTo == "5009")
    }

    @Test(arguments: AgentStateSetting.system)
    func `a logged-out agent takes no state`(setting: AgentStateSetting) throws {
        var device = DeviceModel(id: "d-1", phoneNumber: "5001", userState: .loggedOut)
        let operation = try VoiceOperation(
            body: ["operationName": .string(setting.operationName), "wrapUpTime": "0"])
        #expect(throws: Refusal.notAllowedNow(setting.operationName)) { try device.perform(operation) }
    }

    private var resource: JSON { device.resource(baseURL: "http://gws/api/v2", maySupervise: false) }
    private var capabilities: [String] { device.capabilities(maySupervise: false) }
}
