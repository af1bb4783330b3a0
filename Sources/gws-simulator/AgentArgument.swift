import ArgumentParser
import GWSSimulator

/// NAME:PASSWORD, as in an agent's login.
struct AgentArgument: ExpressibleByArgument {
    let agent: SimulatorConfiguration.Agent

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":"), colon != argument.startIndex else { return nil }
        agent = .init(String(argument[..<colon]), password: String(argument[argument.index(after: colon)...]))
    }
}
