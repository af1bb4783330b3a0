import AMQP
import Foundation
import GWSSimulator
import TestSupport

/// A broker, a simulated GWS and the bridge as a process, with names of the test's own on the broker.
struct Running: Sendable {
    let simulator: Simulator
    let bridge: Program
    let prefix: String
    /// The bridge's configuration file.
    let file: String
    /// What the other commands need to know.
    let environment: [String: String]

    func send(_ arguments: String...) async throws -> Program.Ended {
        try await send(arguments)
    }

    func send(_ arguments: [String]) async throws -> Program.Ended {
        try await Program(["send"] + arguments, environment: environment).ended()
    }

    /// A tail that is bound already, so that it misses nothing.
    func tail(_ arguments: String...) async throws -> Program {
        let tail = try Program(["tail"] + arguments, environment: environment)
        try await tail.prints("following \(prefix).events")
        return tail
    }

    /// A call that the agent has answered.
    func establishedCall() async throws -> String {
        let call = try await simulator.ring(agent: "5001")
        try await simulator.answer(call: call)
        return call
    }
}

/// - Parameters:
///   - yaml: what stands in the bridge's configuration beside what it needs to run.
///   - url: of a virtual host that the bridge has for itself, and then its prefix is the usual one.
func withBridge(
    configuration yaml: String = "", at url: String? = nil, prefix: String? = nil,
    password: String = "secret",
    _ body: (Running) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(yaml, to: "bridge.yaml")
    let broker = try await PrivateBroker.shared
    var configuration = SimulatorConfiguration()
    configuration.agents = [.init("5001", password: password)]
    try await withSimulator(configuration) { simulator, gws in
        let prefix = prefix ?? (url == nil ? uniqueName("cli") : "gws")
        let port = try FreePort.next()
        let environment = [
            "GWS_BRIDGE_AMQP_URL": url ?? broker.url, "GWS_BRIDGE_GWS_URL": gws,
            "GWS_BRIDGE_PREFIX": prefix,
            "GWS_BRIDGE_AGENT": "5001", "GWS_BRIDGE_AGENT_PASSWORD": password,
            "GWS_BRIDGE_CONSOLE_PORT": "\(port)",
            // Many other programs run at the same time.
            "GWS_BRIDGE_GWS_CONNECT_TIMEOUT": "20s", "GWS_BRIDGE_GWS_REQUEST_TIMEOUT": "20s",
        ]
        let bridge = try Program("run", "--config", file, environment: environment)
        try await eventually(within: .seconds(30), "the bridge is ready") {
            try await Program.run("health", environment: environment).code == 0
        }
        try await body(
            Running(
                simulator: simulator, bridge: bridge, prefix: prefix, file: file, environment: environment))
        bridge.signal(SIGTERM)
        _ = try await bridge.ended()
    }
}

func withLink(to broker: PrivateBroker, _ body: (AMQPConnection) async throws -> Void) async throws {
    try await AMQPConnection.withConnection(to: broker.broker(), name: "test", logger: .silent, body)
}

func withLink(to url: String, _ body: (AMQPConnection) async throws -> Void) async throws {
    try await AMQPConnection.withConnection(
        to: Broker(urls: [url]), name: "test", logger: .silent, body)
}
