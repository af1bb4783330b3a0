/// Somebody who can be on calls: an agent, at whichever of its devices, or a number outside.
package enum Person: Sendable, Hashable {
    case agent(String)
    case outside(String)

    package init(agent: String?, number: String) {
        self = agent.map(Person.agent) ?? .outside(number)
    }

    package var agent: String? {
        guard case .agent(let name) = self else { return nil }
        return name
    }
}
