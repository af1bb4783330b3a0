import GWSSimulator
import Testing

@Suite struct SupervisionTests {
    @Test func `the supervisor gets the call when the agent has it`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        #expect(desk.news() == ["5001 a StatusChange Established", "5005 a StatusChange Established"])
        let leg = try #require(desk.leg("5005", "a"))
        let resource = leg.resource(deviceID: "d", baseURL: "", features: desk.features, at: 0)
        #expect(resource["monitoring"]?.bool == true)
        #expect(resource["mute"]?.string == "On")
        #expect(resource["supervisorListeningIn"]?.bool == false)
        #expect(desk.participants("5005", "a") == ["+4930", "5001"])
    }

    @Test func `the agent sees that somebody listens, but nobody more on the call`() throws {
        let desk = try Desk.watched(.of(.listenIn))
        #expect(desk.leg("5001", "a")?.isSupervised == true)
        #expect(desk.lastTold("5001", "a")?.isSupervised == true)
        #expect(desk.participants("5001", "a") == ["+4930"])
    }

    @Test(arguments: [
        (DeviceModel.Monitoring.Kind.listenIn, true, ["SwitchToBargeIn"]),
        (.coach, true, ["SwitchToBargeIn", "SwitchToListenIn"]), (.bargeIn, false, ["SwitchToListenIn"]),
    ])
    func `each kind has its own mute and way out`(
        kind: DeviceModel.Monitoring.Kind, isMuted: Bool, switches: [String]
    ) throws {
        let desk = try Desk.watched(.of(kind))
        #expect(desk.leg("5005", "a")?.party.isMuted == isMuted)
        let offered = desk.offered("5005", "a")
        #expect(offered.filter { $0.hasPrefix("SwitchTo") } == switches)
        #expect(offered.contains("MuteMonitoredUser"))
        #expect(offered.contains("RemoveParticipantFromConference"))
        #expect(!offered.contains("UnmuteCall"))
    }

    @Test func `barging in is heard and seen, listening again is not`() throws {
        var desk = try Desk.watched(.of(.coach))
        _ = desk.news()
        try desk.act("5005", "a", .switchToBargeIn)
        #expect(desk.news() == ["5005 a StatusChange Established", "5001 a ParticipantsUpdated Established"])
        #expect(desk.leg("5005", "a")?.party.isMuted == false)
        #expect(desk.participants("5001", "a") == ["+4930", "5005"])
        try desk.act("5005", "a", .switchToListenIn)
        #expect(desk.leg("5005", "a")?.party.isMuted == true)
        #expect(desk.participants("5001", "a") == ["+4930"])
        // There is no way back to coaching.
        #expect(desk.offered("5005", "a").filter { $0.hasPrefix("SwitchTo") } == ["SwitchToBargeIn"])
    }

    @Test func `from coaching to listening nothing changes for others`() throws {
        var desk = try Desk.watched(.of(.coach))
        _ = desk.news()
        try desk.act("5005", "a", .switchToListenIn)
        #expect(desk.news() == ["5005 a StatusChange Established"])
    }

    @Test func `the watched agent is muted for both to see`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        _ = desk.news()
        try desk.act("5005", "a", .muteMonitoredUser)
        #expect(
            desk.news() == [
                "5005 a MonitoredUserMutedStateChange Established",
                "5001 a MonitoredUserMutedStateChange Established",
            ])
        #expect(desk.leg("5001", "a")?.isMonitoredUserMuted == true)
        #expect(desk.leg("5005", "a")?.isMonitoredUserMuted == true)
        #expect(desk.offered("5005", "a").contains("UnmuteMonitoredUser"))
        try desk.act("5005", "a", .unmuteMonitoredUser)
        #expect(desk.leg("5001", "a")?.isMonitoredUserMuted == false)
    }

    @Test func `who leaves unmutes the agent, who is told`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        try desk.act("5005", "a", .muteMonitoredUser)
        _ = desk.news()
        try desk.act("5005", "a", .hangup)
        #expect(desk.news() == ["5005 a StatusChange Released", "5001 a StatusChange Established"])
        #expect(desk.leg("5001", "a")?.isMonitoredUserMuted == false)
        #expect(desk.leg("5001", "a")?.isSupervised == false)
    }

    @Test func `who only listens does not keep a call alive`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        _ = desk.news()
        try desk.act("+4930", "a", .hangup)
        #expect(desk.news() == ["5001 a StatusChange Released", "5005 a StatusChange Released"])
        #expect(desk.switchboard.calls.isEmpty)
    }

    @Test(arguments: [(DeviceModel.Monitoring.Scope.agent, 2), (.call, 3)])
    func `with the scope of the agent the supervisor leaves with it`(
        scope: DeviceModel.Monitoring.Scope, left: Int
    ) throws {
        var desk = try Desk.watched(.of(.listenIn, scope: scope))
        try desk.act("5001", "a", .singleStepTransfer(Destination("5003")))
        #expect(desk.parties("a").count == left)
        #expect((desk.leg("5005", "a") == nil) == (scope == .agent))
    }

    @Test func `the supervisor removes a participant`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        try desk.act("5001", "a", .singleStepConference(Destination("5003")))
        _ = desk.news()
        try desk.act("5005", "a", .removeParticipant("5003"))
        #expect(
            desk.news() == [
                "5003 a StatusChange Released", "5005 a ParticipantsUpdated Established",
                "5001 a ParticipantsUpdated Established",
            ])
    }

    @Test func `watching the next call ends with it`() throws {
        var desk = try Desk.watched(.of(.listenIn, mode: .nextCall))
        try desk.call("+4931", "5001")
        try desk.act("5001", "b", .answer)
        #expect(desk.leg("5005", "b") == nil)
        _ = desk.news()
        try desk.act("5001", "a", .hangup)
        #expect(
            desk.news() == [
                "5001 a StatusChange Released", "5005 a StatusChange Released", "5005 monitors no more",
            ])
    }

    @Test func `the end of a call ends only the watching that brought the supervisor there`() throws {
        var desk = try Desk.watched(.of(.listenIn, mode: .nextCall, device: "d-1"))
        let next = DeviceModel.Monitoring.of(.listenIn, mode: .nextCall, device: "d-2")
        desk.phones.watched = ["5002": [Monitor(agent: "5005", number: "5005", next)]]
        try desk.call("+4931", "5002")
        try desk.act("5002", "b", .answer)
        #expect(desk.leg("5005", "b") != nil)
        desk.effects = []
        try desk.act("5001", "a", .hangup)
        #expect(desk.effects.last == .monitoringEnded(agent: "5005", number: "5005", target: "d-1"))
    }

    @Test func `who barges in with the one that is called in is seen by those who are there`() throws {
        var desk = try Desk.talking()
        desk.phones.watched["5003"] = [Monitor(agent: "5005", number: "5005", .of(.bargeIn))]
        try desk.act("5001", "a", .singleStepConference(Destination("5003")))
        _ = desk.news()
        try desk.act("5003", "a", .answer)
        #expect(
            desk.news() == [
                "5003 a StatusChange Established", "5005 a StatusChange Established",
                "5001 a ParticipantsUpdated Established",
            ])
        #expect(desk.participants("5001", "a") == ["+4930", "5003", "5005"])
    }

    @Test func `nobody stays muted by a supervisor who was on both of the calls that become one`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        desk.phones.watched["5003"] = [Monitor(agent: "5005", number: "5005", .of(.listenIn))]
        try desk.act("5001", "a", .initiateConference(Destination("5003")))
        try desk.act("5003", "b", .answer)
        try desk.act("5005", "b", .muteMonitoredUser)
        #expect(desk.leg("5003", "b")?.isMonitoredUserMuted == true)
        try desk.act("5001", "a", .completeConference(consult: nil))
        #expect(desk.leg("5003", "b")?.isMonitoredUserMuted == false)
    }

    @Test func `whoever watches all calls comes into those under way`() throws {
        var desk = try Desk.internalCall()
        desk.begin(Monitor(agent: "5005", number: "5005", .of(.listenIn)), of: "5001")
        #expect(desk.news() == ["5005 a StatusChange Established", "5001 a StatusChange Established"])
        #expect(desk.leg("5001", "a")?.isSupervised == true)
    }

    @Test(arguments: [true, false])
    func `whoever watches the next call, or where nobody intrudes, does not`(intrudes: Bool) throws {
        var rules = CallRules()
        rules.intrudes = intrudes
        var desk = try Desk.internalCall(rules)
        let monitoring = DeviceModel.Monitoring.of(.listenIn, mode: intrudes ? .nextCall : .allCalls)
        desk.begin(Monitor(agent: "5005", number: "5005", monitoring), of: "5001")
        #expect(desk.news() == [])
    }

    @Test func `a watched call may ring at the supervisor`() throws {
        var rules = CallRules()
        rules.ringsAtSupervisor = true
        var desk = try Desk.watched(.of(.listenIn), rules)
        #expect(desk.news().last == "5005 a StatusChange Ringing")
        try desk.act("5005", "a", .answer)
        #expect(desk.news() == ["5005 a StatusChange Established"])
        #expect(desk.offered("5005", "a").contains("SwitchToBargeIn"))
    }

    @Test func `without the feature nothing of this is offered or done`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        desk.features.remove("api-supervisor-monitoring")
        let offered = try #require(desk.leg("5005", "a")).capabilities(with: desk.features)
        #expect(Set(offered).isDisjoint(with: ["SwitchToBargeIn", "MuteMonitoredUser"]))
        #expect(
            desk.refusal("5005", "a", .switchToBargeIn) == .featureMissing("api-supervisor-monitoring"))
    }

    @Test func `who does not watch has nothing to switch`() throws {
        var desk = try Desk.watched(.of(.listenIn))
        for operation in [CallOperation.switchToBargeIn, .switchToListenIn, .muteMonitoredUser] {
            #expect(
                desk.refusal("5001", "a", operation)
                    == .notAllowed(operation: operation.name, state: .established))
        }
    }
}

extension Desk {
    /// 5005 watches 5001, who talks with +4930 in call a.
    fileprivate static func watched(
        _ monitoring: DeviceModel.Monitoring, _ rules: CallRules = .init()
    ) throws -> Desk {
        var desk = Desk(rules)
        desk.phones.watched["5001"] = [Monitor(agent: "5005", number: "5005", monitoring)]
        try desk.call("+4930", "5001")
        desk.log = []
        try desk.act("5001", "a", .answer)
        return desk
    }
}
