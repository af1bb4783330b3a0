import Bridge
import Testing

struct PermissionsTests {
    private static let rules: [Permissions.Rule] = [
        .init(users: ["desk-*"], operations: ["Hold", "Retrieve"], agents: ["5*"]),
        .init(users: ["desk-2", "recorder"], operations: ["*CallRecording"], agents: ["*"]),
    ]

    private func allows(
        _ user: String?, _ operation: String, _ agent: String = "5001", byDefault: Bool = true,
        rules: [Permissions.Rule] = rules
    ) -> Bool {
        Permissions(allowsByDefault: byDefault, rules: rules).rejection(
            user: user, operation: operation, agent: agent) == nil
    }

    @Test func `without rules the default holds for everybody`() {
        for user in [nil, "desk-1"] {
            #expect(allows(user, "Hold", byDefault: true, rules: []))
            #expect(!allows(user, "Hold", byDefault: false, rules: []))
        }
    }

    @Test(arguments: [true, false])
    func `whom a rule names may do what it allows, and nothing else`(byDefault: Bool) {
        #expect(allows("desk-1", "Hold", byDefault: byDefault))
        #expect(!allows("desk-1", "Hangup", byDefault: byDefault))
        #expect(!allows("desk-1", "Hold", "6001", byDefault: byDefault))
    }

    @Test func `rules add up, and do not mix`() {
        #expect(allows("desk-2", "Hold"))
        #expect(allows("desk-2", "StopCallRecording", "6001"))
        #expect(!allows("desk-2", "Hold", "6001"))
        #expect(!allows("recorder", "Hold"))
    }

    @Test(arguments: [nil, "guest", "Desk-1", ""])
    func `for whom no rule names the default holds`(user: String?) {
        #expect(allows(user, "Hangup", byDefault: true))
        #expect(!allows(user, "Hold", byDefault: false))
    }

    @Test func `a rule for every user is not for a command that names none`() {
        let rules = [Permissions.Rule(users: ["*"], operations: ["*"], agents: ["*"])]
        #expect(allows("anybody", "Hold", byDefault: false, rules: rules))
        #expect(!allows(nil, "Hold", byDefault: false, rules: rules))
    }

    @Test func `what it says names what is missing, and not the rules`() throws {
        let permissions = Permissions(allowsByDefault: false, rules: Self.rules)
        let rejections = ["desk-1", nil].map {
            permissions.rejection(user: $0, operation: "Hangup", agent: "5001")
        }
        #expect(rejections.map(\.?.reason) == ["not-permitted", "not-permitted"])
        #expect(
            rejections.map(\.?.detail) == [
                "No rule permits this user to use the operation Hangup on the agent 5001.",
                "No rule permits a command without a user_id to use the operation Hangup on the agent 5001.",
            ])
    }
}
