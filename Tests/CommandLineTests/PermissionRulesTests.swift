import Bridge
import Testing

@testable import gws_bridge

/// The rules of permissions as an operator writes them.
@Suite struct PermissionRulesTests {
    private func rules(_ yaml: String) throws -> [Permissions.Rule] {
        try Settings(yaml: yaml).rules("permissions.rules")
    }

    @Test func `a member is a pattern or a list of patterns`() throws {
        let yaml = """
            permissions:
              rules:
                - user: desk-*
                  operations: [Hold, "*CallRecording"]
                  agents: 5001
                - {user: [a, b], operations: "*", agents: ["5001", "6*"]}
            """
        #expect(
            try rules(yaml) == [
                .init(users: ["desk-*"], operations: ["Hold", "*CallRecording"], agents: ["5001"]),
                .init(users: ["a", "b"], operations: ["*"], agents: ["5001", "6*"]),
            ])
    }

    @Test(arguments: ["", "permissions.rules:", "permissions.rules: []", "permissions: {default: deny}"])
    func `there may be none`(yaml: String) throws {
        #expect(try rules(yaml) == [])
    }

    @Test(arguments: [
        ("permissions.rules: all", ":1: permissions.rules: must be a list of mappings, like - {user: desk"),
        ("permissions.rules: {user: a}", ":1: permissions.rules: must be a list of mappings"),
        (
            "permissions.rules: [a]",
            ":1: permissions.rules[0]: must be a mapping with user, operations, agents"
        ),
        (
            "permissions:\n  rules:\n  - {user: a, operations: b, agents: c}\n  - user: a\n    operation: b",
            ":5: permissions.rules[1].operation: unknown field; did you mean \"operations\"?"
        ),
        (
            "permissions.rules:\n- {user: a, agents: c}",
            ":2: permissions.rules[0].operations: is missing; \"*\" stands for all"
        ),
        (
            "permissions.rules:\n- {user: , operations: b, agents: c}",
            ":2: permissions.rules[0].user: is missing"
        ),
        (
            "permissions.rules:\n- user: a\n  operations: b\n  agents: []",
            ":4: permissions.rules[0].agents: must be a pattern or a list of patterns"
        ),
        (
            "permissions.rules: [{user: a, operations: {x: y}, agents: c}]",
            ":1: permissions.rules[0].operations: must be a pattern or a list of patterns"
        ),
        (
            "permissions.rules: [{user: [a, ~], operations: b, agents: c}]",
            ":1: permissions.rules[0].user: must be a pattern or a list of patterns"
        ),
        (
            "permissions.rules: [{user: \"\", operations: b, agents: c}]",
            ":1: permissions.rules[0].user: must be a pattern or a list of patterns"
        ),
        ("permissions.default: ask", ":1: permissions.default: \"ask\" must be one of \"allow\", \"deny\""),
    ])
    func `a rule that would not mean what it should is refused with its line`(
        yaml: String, message: String
    ) throws {
        let error = try #require(throws: ConfigurationError.self) { try Settings(yaml: yaml) }
        #expect(error.description.hasPrefix("/etc/bridge/bridge.yaml" + message))
    }

    @Test func `a variable cannot hold rules, and says so`() {
        let error = ConfigurationError(
            "GWS_BRIDGE_PERMISSIONS_RULES: permissions.rules: can only be given in the file: it is a list of mappings"
        )
        let variable = "[{user: a, operations: b, agents: c}]"
        #expect(throws: error) {
            try Settings(yaml: "", environment: ["GWS_BRIDGE_PERMISSIONS_RULES": variable])
        }
    }

    @Test func `the default may be a variable`() throws {
        let settings = try Settings(yaml: "", environment: ["GWS_BRIDGE_PERMISSIONS_DEFAULT": "deny"])
        #expect(settings.text("permissions.default") == "deny")
    }
}
