import GWSSimulator
import Testing

/// Whatever is done, in whatever order, to however many calls.
@Suite struct ManyCallsTests {
    @Test(arguments: 0..<16)
    func `no sequence of operations breaks what always holds`(seed: UInt64) throws {
        var random = Numbers(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 1)
        var rules = CallRules()
        rules.keepsConsultID = seed % 2 == 0
        rules.ringsAtSupervisor = seed % 3 == 0
        rules.oldFormats = seed % 5 == 0
        var desk = Desk(rules)
        for number in 5001...5004 where seed % 4 != 3 { desk.watch("\(number)", &random) }
        var done = 0
        for step in 0..<250 {
            if step % 25 == 0 { desk.changePhones(&random) }
            desk.effects = []
            if desk.actAtRandom(&random) { done += 1 }
            try #require(desk.broken == [])
        }
        // Else nothing has been tested.
        #expect(done > 60)
    }

    @Test(arguments: 0..<8)
    func `what needs no parameter and is offered is done`(seed: UInt64) throws {
        var random = Numbers(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 7)
        var desk = Desk()
        for number in 5001...5004 { desk.watch("\(number)", &random) }
        for _ in 0..<100 {
            desk.effects = []
            _ = desk.actAtRandom(&random)
            try #require(desk.refusedThoughOffered == [])
        }
    }
}

extension Desk {
    private static let agents = (5001...5005).map { "\($0)" }

    /// What does not hold that always must.
    fileprivate var broken: [String] {
        var broken: [String] = []
        func check(_ holds: Bool, _ what: String) { if !holds { broken.append(what) } }
        for call in switchboard.calls.values {
            check(Set(call.parties.map(\.number)).count == call.parties.count, "a number is on a call twice")
            check(Set(call.parties.map(\.person)).count == call.parties.count, "a person is on a call twice")
            check(!call.parties.contains { $0.state == .released }, "somebody released is on a call")
            check(call.talking.count > 1, "nobody is left to talk to")
            for party in call.parties where party.isMutedBySupervisor {
                check(
                    call.parties.contains { $0.supervision?.target == party.person },
                    "somebody is muted by a supervisor who has gone")
            }
        }
        for agent in Self.agents {
            let legs = switchboard.legs(of: agent)
            let calls = switchboard.calls.values.filter { $0.party(.agent(agent)) != nil }
            check(calls.count == legs.count, "an agent has not one leg for each call")
            check(Set(legs.map(\.id)).count == legs.count, "two legs of an agent have one id")
            check(
                legs.count { $0.party.state == .established && $0.party.supervision == nil } < 2,
                "a telephone talks in two calls")
            for leg in legs {
                check(switchboard.leg(leg.id, of: agent) == leg, "a leg is not found by its id")
                let parent = leg.parentID.map { switchboard.leg($0, of: agent) }
                check(parent != .some(nil), "the parent is no call of the agent's")
            }
        }
        for case .told(_, let leg) in effects {
            check(
                (leg.party.state == .released) == leg.capabilities.isEmpty, "a released leg has capabilities")
            check(leg.party.agent != nil, "somebody outside is told")
        }
        return broken
    }

    /// The operations among all capabilities that need no parameter and are refused all the same.
    fileprivate var refusedThoughOffered: [String] {
        Self.agents.flatMap { agent in
            switchboard.legs(of: agent).flatMap { leg in
                leg.capabilities.filter { name in
                    guard let operation = try? CallOperation(body: ["operationName": .string(name)]) else {
                        return false
                    }
                    var copy = switchboard
                    let effects = try? copy.perform(
                        operation, on: leg.id, by: .agent(agent), features: features, telephones: phones,
                        at: 0)
                    return effects == nil
                }
            }
        }
    }

    fileprivate mutating func watch(_ number: String, _ random: inout Numbers) {
        let kind = [DeviceModel.Monitoring.Kind.listenIn, .coach, .bargeIn].randomElement(using: &random)!
        let monitoring = DeviceModel.Monitoring.of(
            kind, mode: Bool.random(using: &random) ? .allCalls : .nextCall,
            scope: Bool.random(using: &random) ? .agent : .call)
        let supervisor = ["5004", "5005"].randomElement(using: &random)!
        guard supervisor != number else { return }
        phones.watched[number, default: []].append(Monitor(agent: supervisor, number: supervisor, monitoring))
    }

    fileprivate mutating func changePhones(_ random: inout Numbers) {
        for number in 5001...5005 {
            phones.telephones["\(number)"]?.refusesCalls = Int.random(in: 0..<8, using: &random) == 0
            phones.telephones["\(number)"]?.forwardTo =
                Int.random(in: 0..<6, using: &random) == 0
                ? "\(Int.random(in: 5001...5006, using: &random))" : nil
        }
    }

    /// Whether something was done: it may have been refused.
    fileprivate mutating func actAtRandom(_ random: inout Numbers) -> Bool {
        let numbers = ["5001", "5002", "5003", "5004", "5005", "+4930", "+4931"]
        let parties = switchboard.calls.values.sorted { $0.id < $1.id }.flatMap(\.parties)
        let number = numbers.randomElement(using: &random)!
        if parties.count < 3 || Int.random(in: 0..<6, using: &random) == 0 {
            let other = numbers.randomElement(using: &random)!
            do { try call(number, other) } catch { return false }
            return true
        }
        let party = parties.randomElement(using: &random)!
        // Few calls have more to do with each other than many.
        guard parties.count < 14 else {
            return refusal(party.number, party.identity.id, .hangup) == nil
        }
        let other = parties.filter { $0.person == party.person }.randomElement(using: &random)!.identity.id
        let destination = Destination(number)
        // Most calls ring longest and are over soonest if nobody favours answering.
        let operation: CallOperation =
            party.state == .ringing && Int.random(in: 0..<3, using: &random) > 0
            ? .answer
            : [
                .answer, .hold, .retrieve, .hangup, .clearCall, .sendDtmf("1"), .muteCall, .unmuteCall,
                .singleStepTransfer(destination), .initiateTransfer(destination),
                .initiateTransfer(destination), .completeTransfer(consult: nil),
                .completeTransfer(consult: other), .singleStepConference(destination),
                .initiateConference(destination), .initiateConference(destination),
                .completeConference(consult: nil), .completeConference(consult: other),
                .removeParticipant(number), .swapCalls(other: other), .deleteUserData, .startCallRecording,
                .stopCallRecording, .switchToBargeIn, .switchToListenIn, .muteMonitoredUser,
                .unmuteMonitoredUser,
            ].randomElement(using: &random)!
        return refusal(party.number, party.identity.id, operation) == nil
    }
}

/// SplitMix64, so that a failure can be had again.
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
