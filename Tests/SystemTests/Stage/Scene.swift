import GWSSimulator
import TestSupport

/// What the bridge stands between, whether it runs in this process or in one of its own.
struct Scene: Sendable {
    let prefix: String
    let node: PrivateBroker
    let simulator: Simulator
    let client: Client

    /// Calls that were answered at the telephone; of an agent's the last is established, the others are held.
    func calls(_ number: Int, of agents: [String]) async throws -> [Campaign.Call] {
        var calls: [Campaign.Call] = []
        for _ in 0..<number {
            for agent in agents {
                let id = try await simulator.ring(agent: agent)
                try await simulator.answer(call: id)
                calls.append(Campaign.Call(id: id, agent: agent))
            }
        }
        return calls
    }

    /// Messages of the bridge's own queue of that name that are ready, or out and not settled.
    func depth(of queue: String) async throws -> Int {
        let list = try await node.control("-q", "list_queues", "name", "messages")
        for line in list.split(separator: "\n") {
            let columns = line.split(separator: "\t")
            if columns.count == 2, columns[0] == "\(prefix).\(queue)" { return Int(columns[1]) ?? -1 }
        }
        return -1
    }

    /// The operations that GWS got, as they were POSTed.
    func operations() async -> [JournaledRequest] {
        await simulator.requests().filter { $0.method == "POST" }
    }
}

extension Stage {
    var scene: Scene { Scene(prefix: prefix, node: node, simulator: simulator, client: client) }
}
