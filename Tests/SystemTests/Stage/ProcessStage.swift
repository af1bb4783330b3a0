import AMQP
import Bridge
import GWSSimulator
import Logging
import TestSupport
import Testing

/// As ``Stage``, but the bridge is a process that can be killed, with a store that stays.
struct ProcessStage: Sendable {
    let scene: Scene
    let bridge: BridgeProcess
    /// Where the bridge keeps what is to outlive it.
    let store: String

    var client: Client { scene.client }
    var simulator: Simulator { scene.simulator }
    var prefix: String { scene.prefix }

    /// Runs the body with a bridge that is ready, and then stops it as an operator would; that it ends without an error
    /// is part of every test.
    ///
    /// - Parameter settings: By their keys, `commands.lifetime`.
    static func run(
        on node: PrivateBroker? = nil,
        simulator configuration: SimulatorConfiguration = SimulatorConfiguration(),
        agents: [String] = ["5001"], settings: [String: String] = [:],
        hearing exchanges: [String] = ["events", "outcomes", "dead-letters"],
        _ body: @Sendable (ProcessStage) async throws -> Void
    ) async throws {
        let node = if let node { node } else { try await PrivateBroker.shared }
        try await StageDoor.shared.inside {
            try await withSimulator(configuration) { simulator, url in
                let prefix = uniqueName("gws")
                let directory = try TemporaryDirectory()
                let file = try directory.write(
                    "agents:\n"
                        + agents.map { "  - {name: \"\($0)\", password-env: PASSWORD_\($0)}\n" }.joined(),
                    to: "agents.yaml")
                let store = "\(directory.path)/store"
                let own = [
                    "prefix": prefix, "amqp.url": node.url, "gws.url": url, "agents-file": file,
                    "store.directory": store, "console.port": "\(try FreePort.next())",
                    "log.level": "warning",
                ]
                let passwords = Dictionary(uniqueKeysWithValues: agents.map { ("PASSWORD_\($0)", $0) })
                let stage = ProcessStage(
                    scene: Scene(
                        prefix: prefix, node: node, simulator: simulator,
                        client: Client(prefix: prefix, broker: node.broker(), hearing: exchanges)),
                    bridge: BridgeProcess(own.merging(settings) { $1 }, environment: passwords),
                    store: store)
                try await stage.play(body)
                withExtendedLifetime(directory) {}
            }
        }
    }

    private func play(_ body: @Sendable (ProcessStage) async throws -> Void) async throws {
        try bridge.start()
        try await bridge.whenReady()
        try await withThrowingTaskGroup { clients in
            clients.addTask { try await client.run() }
            try await client.whenListening()
            try await body(self)
            let ended = try await bridge.stop()
            #expect(ended?.code == 0, "\(ended?.error ?? "")")
            clients.cancelAll()
        }
        try await client.tidyUp()
    }

    /// A call that rings at the agent and was answered at its telephone.
    func establishedCall(agent: String = "5001") async throws -> String {
        try await scene.calls(1, of: [agent])[0].id
    }

    /// Notes in the ledger of a bridge that is not running what it might have noted.
    func note(_ entry: LedgerEntry) async throws {
        var store = BridgeConfiguration.Store()
        store.directory = self.store
        let ledger = Ledger(store, logger: .silent)
        try await withThrowingTaskGroup { group in
            group.addTask { try await ledger.run() }
            try await ledger.record([entry])
            group.cancelAll()
        }
    }

    /// Kills the bridge; returns when the broker knows of it, and gives it nothing any more.
    ///
    /// - Parameter others: processes that consume beside it.
    func killBridge(leaving others: Int = 0) async throws {
        try await bridge.kill()
        try await scene.node.whenConsumed("\(prefix).commands", by: others)
    }

    /// As a bridge does that is killed when it has a command.
    func takeAndDrop(times: Int) async throws {
        for _ in 0..<times {
            try await AMQPConnection.withConnection(
                to: scene.node.broker(), name: "victim", logger: .silent
            ) { connection in
                let consumer = try await connection.consume("\(prefix).commands", prefetch: 1)
                _ = try await within(.seconds(60), "the command is delivered") {
                    for try await batch in consumer where !batch.isEmpty { return }
                }
            }
        }
    }
}
