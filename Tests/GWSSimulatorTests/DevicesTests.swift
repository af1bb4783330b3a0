import GWSSimulator
import TestSupport
import Testing

/// Devices and the voice channel, over HTTP and CometD.
@Suite(.timeLimit(.minutes(1))) struct DevicesTests {
    @Test(arguments: [
        [
            #"{"operationName":"ForwardCallsOn","destination":"5009"}"#,
            #"{"operationName":"ForwardCallsOff"}"#,
        ],
        [#"{"operationName":"DoNotDisturbOn"}"#, #"{"operationName":"DoNotDisturbOff"}"#],
    ])
    func `each operation on a device is told with the device's resource`(operations: [String]) async throws {
        try await withSimulator { simulator, url in
            let conversation = try await Conversation.connected(try await Browser.loggedIn(at: url))
            let browser = conversation.browser
            let device = try await browser.deviceIDs()[0]
            for operation in operations {
                let reply = try await browser.post("/api/v2/me/devices/\(device)", operation)
                #expect(reply.body == #"{"statusCode":0}"#)
                let event = try #require(try await conversation.connect().events.first)
                #expect(event["channel"] == "/v2/me/devices")
                #expect(event["data"]?["messageType"] == "DeviceStateChangeMessage")
                let read = try await browser.get("/api/v2/me/devices/\(device)").json["device"]
                #expect(event["data"]?["devices"]?.elements == [try #require(read)])
            }
        }
    }

    @Test func `a supervisor's device shows whom it watches until it is cancelled`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let own = "/api/v2/me/devices/\(try await browser.deviceIDs()[0])"
            let other = try await Browser.loggedIn("5002", at: url).deviceIDs()[0]
            let target = "\(url)/api/v2/devices/\(other)"
            #expect(
                try await browser.get("/api/v2/devices/\(other)").json["device"]?["phoneNumber"] == "5002")
            let listening =
                #"{"operationName":"ListenIn","targetDeviceUri":"\#(target)","phoneNumber":"5002"}"#
            #expect(try await browser.post(own, listening).status == 200)
            let told = try await simulator.lastDevices(of: "5001")
            #expect(
                told[0]["supervisorMonitoringState"]?.serialized
                    == #"{"state":"ListenIn","mode":"AllCalls","scope":"Call","targetDeviceUri":"\#(target)"}"#
            )
            #expect(try await browser.post(own, listening).status == 403)
            let cancel = #"{"operationName":"CancelSupervisorMonitoring"}"#
            #expect(try await browser.post(own, cancel).status == 200)
            #expect(try await simulator.lastDevices(of: "5001")[0]["supervisorMonitoringState"] == nil)
            #expect(try await browser.post(own, cancel).status == 403)
        }
    }

    @Test(arguments: [
        (#"{"operationName":"ForwardCallsOn"}"#, 400, 1),
        (#"{"operationName":"ForwardCallsOn","destination":{"phoneNumber":"5009"}}"#, 400, 2),
        (#"{"operationName":"Forward"}"#, 400, 2),
        (#"{"operationName":"ForwardCallsOff"}"#, 403, 3),
        (#"{"operationName":"ListenIn","targetDeviceUri":"http://gws/api/v2/devices/none"}"#, 404, 6),
        ("not JSON", 400, 10),
    ])
    func `what a device cannot do is refused by a pair of the table`(body: String, status: Int, code: Int)
        async throws
    {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.post("/api/v2/me/devices/\(try await browser.deviceIDs()[0])", body)
            #expect(reply.status == status)
            #expect(try reply.json["statusCode"]?.int == code)
            #expect(await simulator.notifications().isEmpty)
        }
    }

    @Test(arguments: ["", "/calls"])
    func `another agent's device is not found`(more: String) async throws {
        try await withSimulator { _, url in
            let device = try await Browser.loggedIn("5002", at: url).deviceIDs()[0]
            let reply = try await Browser.loggedIn(at: url).post(
                "/api/v2/me/devices/\(device)\(more)", #"{"operationName":"DoNotDisturbOn"}"#)
            #expect(reply.status == 404)
            #expect(try reply.json["statusCode"]?.int == 6)
        }
    }

    @Test func `each agent state is told, and read back`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.agentStates = [.notReady(because: "Lunch")]
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let settings = try await browser.get("/api/v2/settings/agent-states").json["settings"]
            let names = (settings?.elements ?? []).compactMap { $0["operationName"]?.string }
            #expect(names == ["Ready", "NotReady", "AfterCallWork", "AuxWork", "Offline", "Lunch"])
            // Offline last: who has left does not come back by being ready.
            for name in names.filter({ $0 != "Offline" }) + ["Offline"] {
                let reply = try await browser.post(
                    "/api/v2/me/channels/voice", #"{"operationName":"\#(name)"}"#)
                #expect(reply.body == #"{"statusCode":0}"#)
                let told = try await simulator.lastDevices(of: "5001")[0]["userState"]
                let setting = settings?.elements.first { $0["operationName"]?.string == name }
                #expect(told?["id"] == setting?["id"])
                let channel = try await browser.get("/api/v2/me/channels/voice").json["channel"]
                #expect(channel?["userState"] == told)
            }
            let late = try await browser.post(
                "/api/v2/me/channels/voice", #"{"operationName":"Ready"}"#)
            #expect(late.status == 403)
        }
    }

    @Test func `an agent with two devices is in one state, and told of both`() async throws {
        var agent = SimulatorConfiguration.Agent("5001", password: "5001")
        agent.numbers = ["5001", "5101"]
        try await withSimulator(SimulatorConfiguration(agents: [agent])) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let devices = try await browser.deviceIDs()
            #expect(Set(devices).count == 2)
            _ = try await browser.post("/api/v2/me/channels/voice", #"{"operationName":"NotReady"}"#)
            let states = try await simulator.lastDevices(of: "5001").map { $0["userState"]?["state"]?.string }
            #expect(states == ["NotReady", "NotReady"])
            _ = try await browser.post(
                "/api/v2/me/devices/\(devices[1])", #"{"operationName":"DoNotDisturbOn"}"#)
            let told = try await simulator.lastDevices(of: "5001")
            #expect(told.map { $0["phoneNumber"]?.string } == ["5001", "5101"])
            #expect(told.map { $0["doNotDisturb"]?.string } == ["Off", "On"])
        }
    }

    @Test func `what an agent's own desktop does is told though nobody posted it`() async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            for operation in [#"{"operationName":"AuxWork"}"#, #"{"operationName":"DoNotDisturbOn"}"#] {
                let body = #"{"agent":"5001","operation":\#(operation)}"#
                #expect(try await control.post("/simulator/device", body).status == 200)
            }
            let device = try await simulator.lastDevices(of: "5001")[0]
            #expect(device["userState"]?["workMode"] == "AuxWork")
            #expect(device["doNotDisturb"] == "On")
            #expect(await simulator.requests().isEmpty)
        }
    }
}

extension Simulator {
    /// The devices in the newest message about the agent's.
    func lastDevices(of agent: String) throws -> [JSON] {
        let told = notifications().last { $0.agent == agent && $0.type == "DeviceStateChangeMessage" }
        return try JSON(parsing: try #require(told).data)["devices"]?.elements ?? []
    }
}

extension Browser {
    /// The ids of its agent's devices.
    func deviceIDs() async throws -> [String] {
        let devices = try await get("/api/v2/me/devices?fields=*").json["devices"]
        return (devices?.elements ?? []).compactMap { $0["id"]?.string }
    }
}
