import GWSSimulator
import Testing

/// Whatever is done, in whatever order, to however many calls.
@Suite struct ManyCallsTests {
    @Test(arguments: 0..<60)
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
            let before = desk.effects.count
            if try desk.actAtRandom(&random) { done += 1 }
            try desk.checkInvariants()
            for effect in desk.effects[before...] { Self.check(effect) }
        }
        // Else nothing has been tested.
        #expect(done > 60)
    }

    @Test(arguments: 0..<30)
    func `what needs no parameter and is offered is done`(seed: UInt64) throws {
        var random = Numbers(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 7)
        var desk = Desk()
        for number in 5001...5004 { desk.watch("\(number)", &random) }
        for _ in 0..<120 {
            _ = try desk.actAtRandom(&random)
            for leg in desk.allLegs {
                for name in leg.capabilities {
                    guard let operation = try? CallOperation(body: ["operationName": .string(name)]) else {
                        continue
                    }
                    var copy = desk
                    #expect(copy.refusal(leg.party.agent!, leg.id, operation) == nil, "\(name)")
                }
            }
        }
    }

    private static func check(_ effect: Switchboard.Effect) {
        guard case .told(_, let leg) = effect else { return }
        #expect((leg.party.state == .released) == leg.capabilities.isEmpty)
        #expect(leg.party.agent != nil)
    }
}

extension Desk {
    fileprivate var allLegs: [Leg] { (5001...5005).flatMap { switchboard.legs(of: "\($0)") } }

    fileprivate func checkInvariants() throws {
        for call in switchboard.calls.values {
            #expect(Set(call.parties.map(\.number)).count == call.parties.count, "a number is on it twice")
            #expect(Set(call.parties.map(\.person)).count == call.parties.count, "a person is on it twice")
            #expect(!call.parties.contains { $0.state == .released })
            #expect(call.talking.count > 1, "nobody is left to talk to")
        }
        for agent in (5001...5005).map({ "\($0)" }) {
            let legs = switchboard.legs(of: agent)
            #expect(Set(legs.map(\.id)).count == legs.count, "two legs with one id")
            for leg in legs {
                #expect(switchboard.leg(leg.id, of: agent) == leg)
                if let parent = leg.parentID { #expect(switchboard.leg(parent, of: agent) != nil) }
            }
            let calls = switchboard.calls.values.filter { $0.party(.agent(agent)) != nil }
            #expect(calls.count == legs.count)
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
    fileprivate mutating func actAtRandom(_ random: inout Numbers) throws -> Bool {
        let numbers = ["5001", "5002", "5003", "5004", "5005", "+4930", "+4931"]
        let parties = switchboard.calls.values.sorted { $0.id < $1.id }.flatMap(\.parties)
        let number = numbers.randomElement(using: &random)!
        if parties.count < 3 || Int.random(in: 0..<6, using: &random) == 0 {
            let other = numbers.randomElement(using: &random)!
            do { try call(number, other) } catch { return false }
            return true
        }
        let party = parties.randomElement(using: &random)!
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
