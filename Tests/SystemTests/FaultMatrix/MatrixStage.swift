import AMQP
import GWSSimulator
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// A bridge as a process between a broker and a simulated GWS, with links to both that can freeze, steady traffic of
/// commands and of events, and somebody who hears everything.
struct MatrixStage: Sendable {
    struct Load: Sendable {
        /// A second, each.
        var commands = 40
        var events = 150
        var eventAgents = 10
    }

    let scene: Scene
    let bridge: BridgeProcess
    let listener: EventListener
    let events: EventCampaign
    let brokerLink: FrozenLink
    let serverLink: FrozenLink
    let disk: SmallDisk?
    let clock: OwnClock?
    /// Whom the broker knows the bridge as.
    let user: String
    /// Whether there is a second process.
    let isShared: Bool

    /// The one that is hurt.
    let node: PrivateBroker
    var prefix: String { scene.prefix }
    var simulator: Simulator { scene.simulator }
    var client: Client { scene.client }

    static let commandAgents = (6001...6003).map(String.init)

    /// - Parameters:
    ///   - node: the bridge's, that may be hurt; of a cluster the first.
    ///   - cluster: where it has one; the client is on its last node, which is not hurt.
    static func run(
        _ site: MatrixFault.Site, on node: PrivateBroker, cluster: PrivateCluster?, load: Load, seed: UInt64,
        _ body: @Sendable (MatrixStage) async throws -> Void
    ) async throws {
        let eventAgents = (0..<load.eventAgents).map { "\(5001 + $0)" }
        let agents = eventAgents + commandAgents
        var simulated = SimulatorConfiguration(agents: agents.map { .init($0, password: $0) })
        // All that is told is compared.
        simulated.journalLimit = 10_000_000
        simulated.journalByteLimit = 4 << 30
        let witness = cluster?.nodes.last ?? node
        try await withSimulator(simulated) { simulator, url in
            let prefix = uniqueName("gws")
            let directory = try TemporaryDirectory()
            let file = try directory.write(
                "agents:\n" + agents.map { "  - {name: \"\($0)\", password-env: PASSWORD_\($0)}\n" }.joined(),
                to: "agents.yaml")
            let user = uniqueName("bridge")
            try await node.control("add_user", user, "secret")
            try await node.control("set_permissions", user, ".*", ".*", ".*")
            let brokerLink = try FrozenLink(to: node.port)
            let serverPort = Int(url.split(separator: ":").last ?? "") ?? 0
            let serverLink = try FrozenLink(to: serverPort)
            let balancer =
                if case .balancer = site {
                    try Balancer(
                        before: [serverLink.port, serverPort], askingFor: "/api/v2/diagnostics/version")
                } else { Balancer?.none }
            let disk =
                if case .smallDisk = site { try await SmallDisk(megabytes: 24) } else { SmallDisk?.none }
            let clock = if case .ownClock = site { try OwnClock(in: directory) } else { OwnClock?.none }
            let own = "amqp://\(user):secret@127.0.0.1:"
            let settings = [
                "prefix": prefix, "gws.url": balancer?.url ?? "http://127.0.0.1:\(serverLink.port)",
                "amqp.url": cluster.map { $0.nodes.map { "\(own)\($0.port)" }.joined(separator: ",") }
                    ?? "\(own)\(brokerLink.port)",
                "amqp.heartbeat": "5s", "agents-file": file,
                "store.directory": (disk?.path ?? directory.path) + "/store",
                "console.port": "\(try FreePort.next())", "log.level": "warning", "gws.login-rate": "1000",
                "commands.confirm-within": "2s", "commands.lifetime": "5m", "commands.delivery-limit": "1000",
            ]
            let passwords = Dictionary(uniqueKeysWithValues: agents.map { ("PASSWORD_\($0)", $0) })
            let listener = EventListener()
            let client = Client(
                prefix: prefix, broker: witness.broker(),
                hearing: ["events", "outcomes", "dead-letters"],
                arguments: cluster == nil ? [:] : ["x-queue-type": "quorum"]
            ) { delivery in
                guard delivery.message.exchange == "\(prefix).events" else { return false }
                listener.take(delivery.message)
                return true
            }
            let stage = MatrixStage(
                scene: Scene(
                    prefix: prefix, node: witness, simulator: simulator, client: client),
                bridge: BridgeProcess(
                    settings, environment: passwords.merging(clock?.environment ?? [:]) { $1 }),
                listener: listener,
                events: EventCampaign(simulator, agents: eventAgents, rate: load.events, seed: seed),
                brokerLink: brokerLink, serverLink: serverLink, disk: disk, clock: clock, user: user,
                isShared: site == .spare, node: node)
            try await stage.play(site, body)
            try await disk?.unmount()
            try await node.control("delete_user", user)
            withExtendedLifetime((directory, balancer)) {}
        }
    }

    private func play(
        _ site: MatrixFault.Site, _ body: @Sendable (MatrixStage) async throws -> Void
    ) async throws {
        // There before the bridge, so that the first event is heard.
        try await AMQPConnection.withConnection(to: scene.node.broker(), name: "stage", logger: .silent) {
            for exchange in ["events", "outcomes", "dead-letters"] {
                try await $0.declare(Exchange(name: "\(prefix).\(exchange)", kind: .topic))
            }
        }
        try await withThrowingTaskGroup { clients in
            clients.addTask { try await client.run() }
            try await client.whenListening()
            try await events.begin()
            try bridge.start()
            try await bridge.whenReady()
            if case .spare = site {
                // By a way of its own.
                try await bridge.withAnother(["amqp.url": "amqp://\(user):secret@127.0.0.1:\(node.port)"]) {
                    _ in try await body(self)
                }
            } else {
                try await body(self)
            }
            let ended = try await bridge.stop()
            #expect(ended?.code == 0, "\(ended?.error ?? "")")
            clients.cancelAll()
        }
        try await client.tidyUp()
    }

    /// Begins the bridge anew, as whoever runs it would.
    func revive() async throws {
        _ = try await bridge.stop()
        try bridge.start()
        try await bridge.whenReady()
    }
}
