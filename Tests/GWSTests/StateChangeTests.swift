import GWS
import RawJSON
import Testing

struct StateChangeTests {
    private func holds(
        _ condition: StateChange.Condition, of resource: String, after operation: String = "{}",
        before: String? = nil
    ) throws -> Bool {
        let change = StateChange.call("StatusChange", condition)
        return change.holds(
            of: try RawJSON(Array(resource.utf8)), after: try RawJSON(Array(operation.utf8)),
            before: try before.map { try RawJSON(Array($0.utf8)) })
    }

    @Test func `a value may be a text or a boolean, and within other objects`() throws {
        #expect(try holds(.is("state", "Held"), of: #"{"state":"Held"}"#))
        #expect(try !holds(.is("state", "Held"), of: #"{"state":"Established"}"#))
        #expect(try !holds(.is("state", "Held"), of: "{}"))
        #expect(try holds(.is("monitored", "true"), of: #"{"monitored":true}"#))
        #expect(try holds(.is("userState.state", "Ready"), of: #"{"userState":{"state":"Ready"}}"#))
        #expect(try !holds(.is("userState.state", "Ready"), of: #"{"userState":"Ready"}"#))
    }

    @Test func `what is absent is absent`() throws {
        #expect(try holds(.isAbsent(["forwardTo"]), of: "{}"))
        #expect(try !holds(.isAbsent(["forwardTo"]), of: #"{"forwardTo":"5001"}"#))
    }

    @Test func `a value may have to be what the operation says`() throws {
        let condition = StateChange.Condition.equals(["forwardTo"], parameter: "destination")
        #expect(try holds(condition, of: #"{"forwardTo":"5001"}"#, after: #"{"destination":"5001"}"#))
        #expect(try !holds(condition, of: #"{"forwardTo":"5002"}"#, after: #"{"destination":"5001"}"#))
        #expect(try !holds(condition, of: "{}", after: "{}"))
    }

    @Test(arguments: [
        (#"{"userData":{"b":1,"a":{"y":2,"x":"\u00e4"}}}"#, true),
        (#"{"userData":{"a":{"x":"ä","y":2.0}}}"#, true),
        (#"{"userData":{"a":"old","a":{"x":"ä","y":2}}}"#, true),
        (#"{"userData":{"a":{"x":"ä"}}}"#, false), (#"{"userData":{"a":[1]}}"#, false), ("{}", false),
    ])
    func `user data holds what was set, beside what else it has`(call: String, isHeld: Bool) throws {
        let resource = try RawJSON(Array(call.utf8), limits: .init(allowsDuplicateKeys: true))
        let operation = try RawJSON(Array(#"{"userData":{"a":{"x":"ä","y":2}}}"#.utf8))
        let change = StateChange.call(
            "AttachedDataChanged", .contains(["userData"], parameter: "userData"))
        #expect(change.holds(of: resource, after: operation) == isHeld)
    }

    @Test func `a removed key is not there, whether others are or not`() throws {
        let condition = StateChange.Condition.lacksKey(["userData"], parameter: "key")
        #expect(try holds(condition, of: #"{"userData":{"b":1}}"#, after: #"{"key":"a"}"#))
        #expect(try holds(condition, of: "{}", after: #"{"key":"a"}"#))
        #expect(try !holds(condition, of: #"{"userData":{"a":1}}"#, after: #"{"key":"a"}"#))
    }

    @Test(arguments: [
        #"{"participants":[{"phoneNumber":"5003","digits":"5003"},{"phoneNumber":"5002"}]}"#,
        #"{"participants":["5003","5002"],"participantsInfo":[]}"#,
        #"{"participants":[{"digits":"5002","phoneNumber":"+4950 02"}]}"#,
    ])
    func `a party is recognised in both formats`(call: String) throws {
        for operation in [#"{"p":{"phoneNumber":"5002"}}"#, #"{"p":"5002"}"#] {
            #expect(try holds(.hasParticipant(parameter: "p"), of: call, after: operation))
            #expect(try !holds(.lacksParticipant(parameter: "p"), of: call, after: operation))
        }
        #expect(try holds(.lacksParticipant(parameter: "p"), of: call, after: #"{"p":"5009"}"#))
        #expect(try !holds(.hasParticipant(parameter: "p"), of: call, after: #"{"p":"5009"}"#))
    }

    @Test func `a change needs to know what was before`() throws {
        let condition = StateChange.Condition.hasChanged(["state"])
        #expect(try !holds(condition, of: #"{"state":"Held"}"#))
        #expect(try !holds(condition, of: #"{"state":"Held"}"#, before: #"{"state":"Held"}"#))
        #expect(try holds(condition, of: #"{"state":"Held"}"#, before: #"{"state":"Established"}"#))
    }

    @Test func `tones are heard only, they cannot be read`() {
        #expect(OperationCatalogue.named("SendDtmf")?.stateChange?.isReadable == false)
        #expect(OperationCatalogue.named("Hold")?.stateChange?.isReadable == true)
    }

    // MARK: - Aspects

    private func aspect(_ change: StateChange, of resource: String) throws -> String {
        change.aspect(of: try RawJSON(Array(resource.utf8)))
    }

    @Test func `two resources have the same aspect where the change sees no difference`() throws {
        let hold = StateChange.call("StatusChange", .is("state", "Held"))
        #expect(
            try aspect(hold, of: #"{"state":"Held","mute":"On"}"#)
                == aspect(hold, of: #"{"mute":"Off", "state": "Held"}"#))
        #expect(try aspect(hold, of: #"{"state":"Held"}"#) != aspect(hold, of: #"{"state":"Ringing"}"#))
        #expect(try aspect(hold, of: #"{"state":"Held"}"#) != aspect(hold, of: "{}"))
    }

    @Test func `a long aspect is told in short, and differs where the resource does`() throws {
        let change = StateChange.call("AttachedDataChanged", .contains(["userData"], parameter: "userData"))
        func aspect(_ last: String) throws -> String {
            let value = String(repeating: "a", count: 60_000) + last
            return try self.aspect(change, of: #"{"userData":{"k":"\#(value)"}}"#)
        }
        #expect(try aspect("b").utf8.count <= 256)
        #expect(try aspect("b") == aspect("b"))
        #expect(try aspect("b") != aspect("c"))
    }

    @Test func `a digest is the same in every process`() throws {
        let change = StateChange.call("StatusChange", .is("state", "Held"))
        let state = String(repeating: "x", count: 300)
        #expect(try aspect(change, of: #"{"state":"\#(state)"}"#) == "308:767254d7cae644e1")
    }

    @Test func `the members that a change looks at are known`() {
        let swap = StateChange.call("StatusChange", .is("state", "Held"), .hasChanged(["state"]))
        #expect(swap.members == ["state"])
        #expect(StateChange.device(.is("userState.state", "Ready")).members == ["userState"])
        #expect(StateChange.call("X", .hasParticipant(parameter: "p")).members == ["participants"])
    }

    @Test(arguments: [
        ("Hangup", true), ("CompleteTransfer", true), ("CompleteConference", true), ("Hold", false),
        ("Offline", false), ("DeleteUserData", false), ("SendDtmf", false),
    ])
    func `a call that is over shows only what ends calls`(name: String, isMet: Bool) {
        #expect(OperationCatalogue.named(name)?.stateChange?.isMetByEnd == isMet)
    }
}
