import GWSSimulator
import Testing

@Suite struct LegTests {
    @Test func `the resource has its members in the order of the real server`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .updateUserData([.init("a", 1)]))
        #expect(
            try desk.resource("5001", "a").members.map(\.key) == [
                "id", "state", "callUuid", "connId", "deviceUri", "participants", "dnis", "ani", "callType",
                "capabilities", "userData", "duration", "mute", "recordingState", "supervisorListeningIn",
                "monitoredUserMuted", "monitoring", "uri", "path", "case",
            ])
    }

    @Test func `it counts the seconds since the call reached the agent`() throws {
        var desk = Desk()
        try desk.call("+4930", "5001")
        let resource = try desk.resource("5001", "a", at: 3999)
        #expect(resource["duration"]?.string == "3")
        #expect(resource["recordingState"] == nil)
    }

    @Test func `a call that was never answered has no recording, also when it is over`() throws {
        var desk = Desk()
        try desk.call("+4930", "5001")
        try desk.act("+4930", "a", .hangup)
        let leg = try #require(desk.lastTold("5001", "a"))
        let resource = leg.resource(deviceID: "d", baseURL: "", features: desk.features, at: 0)
        #expect(resource["state"]?.string == "Released")
        #expect(resource["recordingState"] == nil)
    }

    @Test func `participants are objects, and the id is the callUuid`() throws {
        let desk = try Desk.talking()
        let resource = try desk.resource("5001", "a")
        #expect(
            resource["participants"]?.elements == [
                [
                    "e164Number": "", "formattedPhoneNumber": "+4930", "phoneNumber": "+4930",
                    "digits": "+4930",
                ]
            ])
        #expect(resource["participantsInfo"] == nil)
        #expect(resource["id"] == resource["callUuid"])
        #expect(resource["id"]?.string?.utf8.count == 32)
    }

    @Test func `in the oldest format participants are strings, and the id is the connId`() throws {
        var rules = CallRules()
        rules.oldFormats = true
        let desk = try Desk.consulting(rules)
        let resource = try desk.resource("5001", "b")
        #expect(resource["participants"]?.elements == ["5003"])
        #expect(resource["participantsInfo"]?.elements.map { $0["digits"] } == ["5003"])
        #expect(resource["id"] == resource["connId"])
        #expect(resource["id"]?.string?.utf8.count == 16)
        #expect(resource["callUuid"]?.string?.utf8.count == 32)
    }

    @Test func `a consult call names its parent by URI and path`() throws {
        let desk = try Desk.consulting()
        let resource = try desk.resource("5001", "b")
        #expect(resource["callType"]?.string == "Consult")
        #expect(resource["parentCallUri"]?.string == "http://gws/me/calls/\(desk.id("a"))")
        #expect(resource["parentCallPath"]?.string == "/calls/\(desk.id("a"))")
        #expect(try desk.resource("5001", "a")["parentCallUri"] == nil)
    }

    @Test(arguments: [("+4930", "5001", "+4930"), ("5001", "+4930", "5001"), ("5002", "5001", nil)])
    func `only a call from or to outside has an ani`(caller: String, callee: String, ani: String?) throws {
        var desk = Desk()
        try desk.call(caller, callee)
        #expect(try desk.resource("5001", "a")["ani"]?.string == ani)
    }

    @Test func `an event has the extensions of its state, and only a change of state has any`() throws {
        var desk = Desk()
        try desk.call("+4930", "5001")
        let ringing = try #require(desk.leg("5001", "a")).extensions(for: .statusChange)
        #expect(ringing?["OriginationDN"]?.string == "+4930")
        #expect(ringing?["NO_ANSWER_TIMEOUT"]?.int == 15)
        try desk.act("5001", "a", .answer)
        let leg = try #require(desk.leg("5001", "a"))
        #expect(leg.extensions(for: .statusChange)?["WrapUpTime"]?.int == 20)
        #expect(leg.extensions(for: .attachedDataChanged) == nil)
    }
}

extension Desk {
    fileprivate func resource(_ agent: String, _ call: String, at now: Int64 = 0) throws -> JSON {
        try #require(leg(agent, call)).resource(
            deviceID: "d", baseURL: "http://gws", features: features, rules: switchboard.rules, at: now)
    }
}
