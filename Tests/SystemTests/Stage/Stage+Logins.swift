import Bridge
import GWS
import GWSSimulator
import TestSupport

extension SimulatorConfiguration {
    /// An agent whom nobody has logged in yet.
    static var loggedOut: Self {
        var configuration = SimulatorConfiguration()
        configuration.agents[0].isLoggedIn = false
        return configuration
    }
}

extension AgentConfiguration.Login {
    static let startOnPlace = Self.start(ContactCenterOptions(place: "SIP_5001"))
}

extension Stage {
    /// With an agent whom the bridge logs in at the contact centre.
    static func runLoggingIn(
        _ site: SimulatorConfiguration = .loggedOut, _ body: @Sendable (Stage) async throws -> Void,
        afterStop: @Sendable (Stage) async throws -> Void = { _ in }
    ) async throws {
        try await run(
            simulator: site, configure: { $0.agents = [.sample("5001", login: .startOnPlace)] }, body,
            afterStop: afterStop)
    }

    func requests() async -> [JournaledRequest] { await simulator.journal() }

    /// How often an agent was to be logged in.
    func logins() async -> Int {
        await requests().count { $0.body.contains("StartContactCenterSession") }
    }

    /// How often an agent was to be logged out.
    func logouts() async -> Int {
        await requests().count { $0.body.contains("EndContactCenterSession") }
    }

    /// Waits until so many have begun.
    func newEpochs(_ number: Int) async throws {
        try await eventually(within: .seconds(10), "\(number) new epochs") {
            client.epochs(of: "5001").count == number
        }
    }
}

extension Simulator {
    /// All that it was asked, in the order in which it came.
    func journal() async -> [JournaledRequest] {
        (requests() + conversations()).sorted { $0.sequence < $1.sequence }
    }
}
