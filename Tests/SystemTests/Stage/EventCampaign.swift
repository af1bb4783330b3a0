import GWSSimulator
import RawJSON
import TestSupport

/// Many calls of many agents in which something happens at a steady rate: they ring, are answered, held, retrieved and
/// recorded, get user data and end, and new ones come. All of it at the switch's side.
actor EventCampaign {
    /// Events a second.
    static let rate = 500
    static let agents = (5001...5050).map(String.init)
    private static let callsEach = 4
    /// Events of an agent in a row: what happens in a call seldom comes alone.
    private static let burst = 5

    private let simulator: Simulator
    private let names: [String]
    private let rate: Int
    private var agents: [BusyAgent]
    private var next = 0
    /// Notifications when it had begun.
    private(set) var toldAtBegin = 0

    /// - Parameter rate: events a second.
    init(_ simulator: Simulator, agents names: [String] = agents, rate: Int = rate, seed: UInt64) {
        self.simulator = simulator
        self.names = names
        self.rate = rate
        var chance = Chance(seed: seed)
        agents = names.map { BusyAgent($0, chance: Chance(seed: chance.next())) }
    }

    func begin() async throws {
        for index in agents.indices {
            agents[index] = try await simulator.play(agents[index]) { try $0.begin(Self.callsEach, at: $1) }
        }
        toldAtBegin = await simulator.notificationCount
    }

    /// - Returns: how many events a second there were; fewer than asked for where the machine is too busy.
    func run(while goesOn: @Sendable () -> Bool) async throws -> Double {
        let began = ContinuousClock.now
        let before = await simulator.notificationCount
        func told() async -> Int { await simulator.notificationCount - before }
        while goesOn() {
            let due = Int((.now - began) / .seconds(1) * Double(rate))
            while await told() < due {
                agents[next] = try await simulator.play(agents[next]) { try $0.play(Self.burst, at: $1) }
                next = (next + 1) % agents.count
            }
            // The beat of the load itself.
            try await ContinuousClock().sleep(for: .milliseconds(10))
        }
        return await Double(told()) / ((.now - began) / .seconds(1))
    }

    /// Ends all calls but one of each agent, and the one for marks.
    func endCalls() async {
        for index in agents.indices {
            agents[index] = await simulator.play(agents[index]) { $0.endCalls(at: $1) }
        }
    }

    /// A last event of each agent, in a call in which nothing else happens: what is known of the others is what came
    /// before.
    func mark() async throws {
        let mark = uniqueName("mark")
        for index in agents.indices {
            agents[index] = try await simulator.play(agents[index]) { try $0.mark(mark, at: $1) }
        }
    }

    /// Of all calls.
    func callIDs() async throws -> Set<String> {
        try await Set(calls().values.joined().compactMap { try RawJSON(Array($0.utf8))["id"]?.string })
    }

    /// The JSON of each agent's calls.
    func calls() async throws -> [String: [String]] {
        var calls: [String: [String]] = [:]
        for agent in names { calls[agent] = try await simulator.calls(of: agent) }
        return calls
    }
}

extension Simulator {
    /// All at once: nothing comes between.
    fileprivate func play(
        _ agent: BusyAgent, _ body: @Sendable (inout BusyAgent, isolated Simulator) throws -> Void
    ) rethrows -> BusyAgent {
        var agent = agent
        try body(&agent, self)
        return agent
    }
}
