import AMQP
import Bridge
import Foundation
import GWSSimulator
import TestSupport

/// A broker and a simulated GWS without a bridge, with names of the test's own on the broker.
struct Site: Sendable {
    let broker: PrivateBroker
    let simulator: Simulator
    let gwsURL: String
    let prefix: String

    var gwsPort: Int { gwsURL.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// What `check` finds.
    ///
    /// - Parameters:
    ///   - settings: beside those that are needed, or in their place; in the environment's names without their prefix.
    ///   - yaml: what stands in a configuration file.
    func check(_ settings: [String: String] = [:], yaml: String = "") async throws -> Checked {
        let directory = try TemporaryDirectory()
        let file = try directory.write(yaml, to: "bridge.yaml")
        let standard = [
            "AMQP_URL": broker.url, "GWS_URL": gwsURL, "PREFIX": prefix, "AGENT": "5001",
            "AGENT_PASSWORD": "secret", "STORE_DIRECTORY": directory.path + "/store",
            "GWS_CONNECT_TIMEOUT": "20s", "GWS_REQUEST_TIMEOUT": "20s",
        ]
        let settings = standard.merging(settings) { $1 }
        let ended = try await Program.run(
            "check", "--json", "--config", file,
            environment: Dictionary(uniqueKeysWithValues: settings.map { ("GWS_BRIDGE_\($0)", $1) }),
            within: .seconds(60))
        return try Checked(ended)
    }

    /// What a bridge would declare, each queue as the test has it.
    func declareTopology(changing change: (inout Queue) -> Void = { _ in }) async throws {
        let topology = BridgeTopology(names: Names(prefix: prefix), deliveryLimit: 10)
        try await withLink(to: broker) { link in
            for exchange in topology.exchanges { try await link.declare(exchange) }
            for var queue in topology.queues {
                change(&queue)
                _ = try await link.declare(queue)
            }
            for binding in topology.bindings { try await link.bind(binding) }
        }
    }

    /// The URL of a user who may do what the patterns say.
    func url(configure: String = ".*", write: String = ".*", read: String = ".*") async throws -> String {
        let user = uniqueName("user")
        try await broker.control("add_user", user, "secret")
        try await broker.control("set_permissions", user, configure, write, read)
        return "amqp://\(user):secret@127.0.0.1:\(broker.port)"
    }
}

/// - Parameter configuration: of the simulated GWS; its agents are the site's.
func withSite(
    broker: PrivateBroker? = nil, simulating configuration: SimulatorConfiguration = SimulatorConfiguration(),
    _ body: (Site) async throws -> Void
) async throws {
    let node = if let broker { broker } else { try await PrivateBroker.shared }
    var configuration = configuration
    configuration.agents = [.init("5001", password: "secret")]
    try await withSimulator(configuration) { simulator, url in
        try await body(Site(broker: node, simulator: simulator, gwsURL: url, prefix: uniqueName("site")))
    }
}
