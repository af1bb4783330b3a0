import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct CallsOverHTTPTests {
    @Test func `Dial begins a call whose id only the notification says`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let reply = try await browser.dial(
                #""destination":{"phoneNumber":"+4930"},"location":"Berlin","userData":{"a":1}"#)
            #expect(reply.status == 200)
            #expect(reply.body == #"{"statusCode":0}"#)
            let call = try #require(await simulator.told("5001").last)
            #expect(call["state"]?.string == "Dialing")
            #expect(call["userData"] == ["a": 1])
            #expect(call["callType"]?.string == "Outbound")
        }
    }

    @Test(arguments: [
        ("", 400, 1), (#""destination":"+4930""#, 400, 2), (#""destination":{}"#, 400, 1),
        (#""destination":{"phoneNumber":"5001"}"#, 400, 2),
    ])
    func `Dial is refused without a destination that it can call`(
        parameters: String, status: Int, code: Int
    ) async throws {
        try await withSimulator { simulator, url in
            let reply = try await Browser.loggedIn(at: url).dial(parameters)
            #expect(reply.status == status)
            #expect(try reply.json["statusCode"]?.int == code)
            #expect(await simulator.currentCalls.isEmpty)
        }
    }

    @Test func `a call is at the device from which it was dialled`() async throws {
        var agent = SimulatorConfiguration.Agent("5001", password: "5001")
        agent.numbers = ["5001", "6001"]
        try await withSimulator(.init(agents: [agent])) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let devices = try await browser.get("/api/v2/me/devices?fields=*").json["devices"]?.elements
            let second = try #require(devices?.last?["id"]?.string)
            _ = try await browser.post(
                "/api/v2/me/devices/\(second)/calls",
                #"{"operationName":"Dial","destination":{"phoneNumber":"+4930"}}"#)
            let told = try #require(await simulator.notifications().last?.data)
            #expect(try JSON(parsing: told)["phoneNumber"]?.string == "6001")
            let call = await simulator.told("5001").last
            #expect(call?["deviceUri"]?.string == "\(url)/api/v2/devices/\(second)")
        }
    }

    @Test func `a transfer over a consult call is seen by all three agents`() async throws {
        try await withSimulator { simulator, url in
            let agent = try await Browser.loggedIn("5001", at: url)
            let other = try await Browser.loggedIn("5003", at: url)
            let call = try await simulator.ring(agent: "5001", fromAgent: "5002")
            _ = try await agent.operate("Answer", on: call)
            _ = try await agent.operate(
                "InitiateTransfer", on: call, #""destination":{"phoneNumber":"5003"}"#)
            let dialing = try #require(await simulator.told("5001").last)
            #expect(dialing["parentCallUri"]?.string == "\(url)/api/v2/me/calls/\(call)")
            let consult = try #require(dialing["id"]?.string)
            _ = try await other.operate("Answer", on: consult)
            let uri = #""consultCallUri":"\#(url)/api/v2/me/calls/\#(consult)""#
            #expect(try await agent.operate("CompleteTransfer", on: call, uri).status == 200)
            #expect(try await agent.get("/api/v2/me/calls").json["uris"]?.elements == [])
            let left = try await other.get("/api/v2/me/calls/\(consult)").json["call"]
            #expect(left?["participants"]?.elements.map { $0["phoneNumber"]?.string } == ["5002"])
            let far = try #require(await simulator.told("5002").last)
            #expect(far["id"]?.string == call)
            #expect(far["participants"]?.elements.map { $0["phoneNumber"]?.string } == ["5003"])
        }
    }

    @Test(arguments: [
        ("InitiateTransfer", #""destination":"5003""#, 400, 2),
        ("RemoveParticipantFromConference", #""participant":{"phoneNumber":"5003"}"#, 400, 2),
        ("SwapCalls", "", 400, 1), ("SwapCalls", #""otherCallUri":"http://gws/api/v2/me/calls/x""#, 404, 6),
        ("CompleteTransfer", "", 403, 3), ("SwitchToBargeIn", "", 403, 3),
    ])
    func `what is wrong with an operation is said by a pair of the table`(
        operation: String, parameters: String, status: Int, code: Int
    ) async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            _ = try await browser.operate("Answer", on: call)
            let reply = try await browser.operate(operation, on: call, parameters)
            #expect(reply.status == status)
            #expect(try reply.json["statusCode"]?.int == code)
        }
    }

    @Test func `a device's do-not-disturb and forwarding decide where calls ring`() async throws {
        try await withSimulator { simulator, url in
            let callee = try await Browser.loggedIn("5002", at: url)
            _ = try await callee.operateDevice("ForwardCallsOn", #""destination":"5003""#)
            try await simulator.ring(agent: "5002")
            #expect(await simulator.told("5003").map { $0["state"]?.string } == ["Ringing"])
            _ = try await callee.operateDevice("ForwardCallsOff")
            _ = try await callee.operateDevice("DoNotDisturbOn")
            try await simulator.ring(agent: "5002", fromAgent: "5001")
            #expect(await simulator.told("5001").map { $0["state"]?.string } == ["Dialing", "Released"])
            #expect(await simulator.told("5002").isEmpty)
        }
    }

    @Test func `a single step to who refuses calls ends in an error without details`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            _ = try await Browser.loggedIn("5002", at: url).operateDevice("DoNotDisturbOn")
            let call = try await simulator.ring(agent: "5001")
            _ = try await browser.operate("Answer", on: call)
            let reply = try await browser.operate(
                "SingleStepTransfer", on: call, #""destination":{"phoneNumber":"5002"}"#)
            #expect(reply.status == 200)
            let last = try #require(await simulator.notifications().last)
            #expect(last.channel == "/v2/me/calls")
            #expect(last.type == "ErrorMessage")
            #expect(await simulator.call(call)?.parties.map(\.state) == ["Established", "Established"])
        }
    }

    @Test func `a supervisor listens to the next call and to no other`() async throws {
        try await withSimulator { simulator, url in
            let supervisor = try await Browser.loggedIn("5005", at: url)
            try await supervisor.listen(to: "5001", at: url, #","supervisorMonitoringMode":"NextCall""#)
            let call = try await simulator.ring(agent: "5001")
            try await simulator.answer(call: call)
            let leg = try #require(await simulator.told("5005").last)
            #expect(leg["id"]?.string == call)
            #expect(leg["monitoring"]?.bool == true)
            #expect(leg["mute"]?.string == "On")
            #expect(await simulator.told("5001").last?["supervisorListeningIn"]?.bool == true)
            #expect(try await supervisor.operate("SwitchToBargeIn", on: call).status == 200)
            try await simulator.act(#"{"operationName":"ClearCall"}"#, in: call, party: "5001")
            let device = try #require(await simulator.notifications().last)
            #expect(device.agent == "5005")
            #expect(device.type == "DeviceStateChangeMessage")
            #expect(!device.data.contains("supervisorMonitoringState"))
        }
    }

    @Test func `a supervisor comes into the call that the agent has`() async throws {
        try await withSimulator { simulator, url in
            let call = try await simulator.ring(agent: "5001")
            try await simulator.answer(call: call)
            try await Browser.loggedIn("5005", at: url).listen(to: "5001", at: url)
            #expect(await simulator.told("5005").map { $0["id"]?.string } == [call])
            #expect(await simulator.call(call)?.parties.map(\.isMonitoring) == [false, false, true])
        }
    }

    @Test func `in the oldest format a call is asked for by its connId`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.calls.oldFormats = true
        try await withSimulator(configuration) { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            #expect(try await browser.operate("Answer", on: call).status == 200)
            let resource = try await browser.get("/api/v2/me/calls/\(call)").json["call"]
            #expect(resource?["connId"]?.string == call)
            #expect(resource?["participants"]?.elements == ["+493012345"])
        }
    }

    @Test func `telephones are played over HTTP`() async throws {
        try await withSimulator { simulator, url in
            let control = Browser(url)
            let begun = try await control.post("/simulator/calls", #"{"fromAgent":"5001","to":"+4930"}"#)
            let call = try #require(try begun.json["callId"]?.string)
            let path = "/simulator/calls/\(call)"
            #expect(try await control.post("\(path)/answer", #"{"party":"+4930"}"#).status == 200)
            let conference = #"{"operationName":"SingleStepConference","destination":{"phoneNumber":"5002"}}"#
            _ = try await control.post("\(path)/operation", #"{"party":"5001","operation":\#(conference)}"#)
            _ = try await control.post("\(path)/answer", #"{"party":"5002"}"#)
            _ = try await control.post("\(path)/end", #"{"party":"5001"}"#)
            let parties = try await control.get(path).json["parties"]?.elements
            #expect(parties?.map { $0["number"]?.string } == ["+4930", "5002"])
            #expect(parties?.map { $0["state"]?.string } == ["Established", "Established"])
            let refused = try await control.post(
                "\(path)/operation", #"{"party":"+4930","operation":{"operationName":"Retrieve"}}"#)
            #expect(refused.status == 403)
            let nobody = try await control.post("\(path)/end", #"{"party":"5009"}"#)
            #expect(nobody.status == 404)
        }
    }
}

extension Browser {
    fileprivate func operate(_ operation: String, on call: String, _ parameters: String) async throws -> Reply
    {
        try await post("/api/v2/me/calls/\(call)", Self.body(operation, parameters))
    }

    fileprivate func operateDevice(_ operation: String, _ parameters: String = "") async throws -> Reply {
        try await post("/api/v2/me/devices/\(try await ownDevice())", Self.body(operation, parameters))
    }

    fileprivate func dial(_ parameters: String) async throws -> Reply {
        try await post("/api/v2/me/devices/\(try await ownDevice())/calls", Self.body("Dial", parameters))
    }

    fileprivate func listen(to agent: String, at url: String, _ more: String = "") async throws {
        let device = try await Browser.loggedIn(agent, at: url).ownDevice()
        let target = #""targetDeviceUri":"\#(url)/api/v2/devices/\#(device)""#
        #expect(try await operateDevice("ListenIn", target + more).status == 200)
    }

    private func ownDevice() async throws -> String {
        try await get("/api/v2/me/devices?fields=*").json["devices"]?.elements.first?["id"]?.string ?? ""
    }

    private static func body(_ operation: String, _ parameters: String) -> String {
        #"{"operationName":"\#(operation)"\#(parameters.isEmpty ? "" : ",")\#(parameters)}"#
    }
}

extension Simulator {
    /// The calls that the agent was told of, as they were.
    fileprivate func told(_ agent: String) -> [JSON] {
        notifications().filter { $0.agent == agent }.compactMap { try? JSON(parsing: $0.data)["call"] }
    }
}
