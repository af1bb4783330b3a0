import GWS
import Testing

@testable import Bridge

struct AgentsChangeTests {
    private static func agent(
        _ name: String, user: String = "u", password: String = "p",
        login: AgentConfiguration.Login = .observe
    ) -> AgentConfiguration {
        AgentConfiguration(
            AgentCredentials(agent: name, userName: user, password: password), login: login)
    }

    private func change(_ old: [AgentConfiguration], _ new: [AgentConfiguration]) -> AgentsChange {
        AgentsChange(from: Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0) }), to: new)
    }

    @Test func `the same list in another order changes nothing`() {
        let (a, b) = (Self.agent("a"), Self.agent("b"))
        #expect(change([a, b], [b, a]).isEmpty)
    }

    @Test func `who is new, and who is not there any more`() {
        let (a, b, c) = (Self.agent("a"), Self.agent("b"), Self.agent("c"))
        let change = change([a, b], [b, c])
        #expect(change.added == [c])
        #expect(change.removed == ["a"])
        #expect(change.changed.isEmpty)
    }

    @Test(arguments: [
        agent("a", password: "other"), agent("a", user: "other"),
        agent("a", login: .start(ContactCenterOptions())),
    ])
    func `what is changed about an agent is seen`(changed: AgentConfiguration) {
        let change = change([Self.agent("a"), Self.agent("b")], [changed, Self.agent("b")])
        #expect(change.changed == [changed])
        #expect(change.added.isEmpty && change.removed.isEmpty)
    }

    @Test func `of two with one name the first counts`() {
        let first = Self.agent("a", password: "1")
        #expect(change([], [first, Self.agent("a", password: "2")]).added == [first])
    }
}
