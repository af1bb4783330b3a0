import AMQP
import Bridge
import GWS
import GWSSimulator
import Logging
import MetricsTestKit
import ServiceLifecycle
import TestSupport
import Testing

/// A bridge between a real broker and a simulated GWS, and a microservice beside it that sends commands and hears
/// everything.
struct Stage: Sendable {
    let prefix: String
    let node: PrivateBroker
    let simulator: Simulator
    let bridge: Bridge
    let client: Client
    let metrics: TestMetrics

    /// Runs it all for as long as the body does, and then stops the bridge as SIGTERM would; that it ends within its
    /// time and without an error is part of every test. The client goes on listening until `afterStop` is done.
    static func run(
        on node: PrivateBroker? = nil,
        simulator configuration: SimulatorConfiguration = SimulatorConfiguration(),
        agents: [String] = ["5001"],
        hearing exchanges: [String] = ["events", "outcomes", "dead-letters"],
        configure: (inout BridgeConfiguration) -> Void = { _ in },
        _ body: @Sendable (Stage) async throws -> Void,
        afterStop: @Sendable (Stage) async throws -> Void = { _ in }
    ) async throws {
        let node = if let node { node } else { try await PrivateBroker.shared }
        try await StageDoor.shared.inside {
            try await run(on: node, configuration, agents, exchanges, configure, body, afterStop)
        }
    }

    private static func run(
        on node: PrivateBroker, _ configuration: SimulatorConfiguration, _ agents: [String],
        _ exchanges: [String],
        _ configure: (inout BridgeConfiguration) -> Void, _ body: @Sendable (Stage) async throws -> Void,
        _ afterStop: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await withSimulator(configuration) { simulator, url in
            let prefix = uniqueName("gws")
            var configuration = try BridgeConfiguration(
                instance: prefix, broker: node.broker(), server: GWSServer(url: url),
                agents: agents.map {
                    AgentConfiguration(AgentCredentials(agent: $0, userName: $0, password: $0))
                })
            configuration.prefix = prefix
            configuration.shutdownTimeout = .seconds(5)
            configure(&configuration)
            let metrics = TestMetrics()
            let bridge = try Bridge(configuration: configuration, logger: logger, metrics: metrics)
            let stage = Stage(
                prefix: prefix, node: node, simulator: simulator, bridge: bridge,
                client: Client(prefix: prefix, broker: node.broker(), hearing: exchanges),
                metrics: metrics)
            try await stage.play(body, afterStop)
        }
    }

    private func play(
        _ body: @Sendable (Stage) async throws -> Void, _ afterStop: @Sendable (Stage) async throws -> Void
    ) async throws {
        let services = ServiceGroup(services: [bridge], logger: Self.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            try await eventually(within: .seconds(20), "the bridge is ready") { bridge.readiness.isReady }
            try await withThrowingTaskGroup { clients in
                clients.addTask { try await client.run() }
                try await within(.seconds(10), "the client listens") { try await client.whenListening() }
                try await body(self)
                await services.triggerGracefulShutdown()
                group.addTask {
                    try await ContinuousClock().sleep(for: .seconds(15))
                    throw Overtime()
                }
                try await group.next()
                group.cancelAll()
                try await afterStop(self)
                clients.cancelAll()
            }
        }
        try await client.tidyUp()
        try await checkContract()
    }

    /// Whatever a stage is for: all that the client heard is as the bridge's own schemas say.
    private func checkContract() async throws {
        let document = try StrictSchema.of(Array(AsyncAPI(prefix: prefix).document.pretty.utf8))
        let heard = try client.inbox.messages.map { ($0, try $0.claims(prefix: prefix)) }
        for (message, claims) in heard where claims.isEmpty {
            Issue.record("The document does not know \(message.exchange) \(message.routingKey)")
        }
        let claims = heard.flatMap { message, claims in claims.map { (message, $0) } }
        let complaints = try await SchemaValidator(schema: document).complaints(
            about: claims.map(\.1))
        for ((message, claim), complaint) in zip(claims, complaints) where !complaint.isEmpty {
            let text = String(decoding: claim.text, as: UTF8.self)
            Issue.record("\(message.routingKey) is not as \(claim.pointer) says: \(complaint) in \(text)")
        }
    }

    /// The bridge did not stop within its time.
    struct Overtime: Error {}

    private static var logger: Logger {
        var logger = Logger(label: "bridge")
        logger.logLevel = .critical
        return logger
    }

    /// A call that rings at the agent and was answered.
    func establishedCall(agent: String = "5001") async throws -> String {
        let call = try await simulator.ring(agent: agent)
        _ = try await client.outcome(of: client.send("Answer", agent: agent, call: call))
        return call
    }

    /// The operations that GWS got, as they were POSTed.
    func operations() async -> [JournaledRequest] {
        await simulator.requests().filter { $0.method == "POST" && !$0.path.contains("/notifications") }
    }
}
