import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// The program as a process: what it prints, and what it exits with.
@Suite struct RunTests {
    @Test(arguments: [
        [], ["run"], ["send"], ["tail"], ["check"], ["health"],
    ])
    func `help has an example`(command: [String]) async throws {
        let ended = try await Program(command + ["--help"], environment: [:]).ended()
        #expect(ended.code == 0)
        #expect(ended.output.contains("gws-bridge"))
        #expect(ended.output.contains("xample") || command.isEmpty)
    }

    @Test(arguments: [
        ["nothing-of-the-kind"], ["run", "--no-such-option"], ["send"],
        ["send", "Hold", "--timeout", "soon"],
        ["send", "Hold", "--json", "["], ["tail", "--from", "soon"],
        ["tail", "--from", "first", "--outcomes"], ["tail", "--count", "0"],
    ])
    func `wrong usage is 64`(arguments: [String]) async throws {
        let ended = try await Program(arguments, environment: ["GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:1"])
            .ended()
        #expect(ended.code == 64)
        #expect(ended.output.isEmpty)
    }

    @Test(arguments: ["run", "check", "tail", "health"])
    func `a wrong configuration is 78, in one line`(command: String) async throws {
        let ended = try await Program.run(command, environment: ["GWS_BRIDGE_PREFX": "gws"])
        #expect(ended.code == 78)
        #expect(
            ended.error
                == "gws-bridge: GWS_BRIDGE_PREFX: unknown variable; did you mean \"GWS_BRIDGE_PREFIX\"?\n")
    }

    @Test func `a configuration file that is not there is 78`() async throws {
        let ended = try await Program.run("run", "--config", "/not/there.yaml")
        #expect(ended.code == 78)
        #expect(ended.error.contains("/not/there.yaml"))
    }

    @Test func `a dry run checks, and ends`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret\n", to: "password")
        let file = try directory.write(
            "amqp.url: amqp://broker\ngws.url: http://gws\nagent: 5001\nagent-password-file: password\n",
            to: "bridge.yaml")
        let ended = try await Program.run("run", "--config", file, "--dry-run")
        #expect(ended.code == 0)
        #expect(ended.error == "The configuration is right: 1 agent.\n")
    }

    @Test func `the configuration is printed without secrets`() async throws {
        let ended = try await Program.run(
            "run", "--print-configuration",
            environment: [
                "GWS_BRIDGE_AMQP_URL": "amqp://u:s3cret@broker", "GWS_BRIDGE_AGENT_PASSWORD": "s3cret",
            ])
        #expect(ended.code == 0)
        #expect(ended.output.contains("amqp.url: [\"amqp://u:***@broker\"]"))
        #expect(!ended.output.contains("s3cret"))
    }

    @Test func `the version is told`() async throws {
        #expect(try await Program.run("--version").output.hasPrefix("gws-bridge "))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a bridge whose broker is not there waits, is not ready, and stops`(signal: Int32) async throws {
        let port = try FreePort.next()
        let bridge = try Program(
            "run", environment: Self.unreachable.merging(["GWS_BRIDGE_CONSOLE_PORT": "\(port)"]) { $1 })
        try await bridge.prints("Server started and listening")
        let healthy = try await Program.run("health", "http://127.0.0.1:\(port)/healthz")
        #expect(healthy.code == 0)
        let ready = try await Program.run("health", environment: ["GWS_BRIDGE_CONSOLE_PORT": "\(port)"])
        #expect(ready.code == 1)
        #expect(ready.error.contains("not ready: "))
        bridge.signal(signal)
        #expect(try await bridge.ended().code == 0)
    }

    @Test func `logs can be JSON`() async throws {
        let bridge = try Program(
            "run",
            environment: Self.unreachable.merging([
                "GWS_BRIDGE_CONSOLE_PORT": "0", "GWS_BRIDGE_LOG_FORMAT": "json",
            ]) { $1 })
        try await bridge.prints("\"level\":")
        bridge.signal(SIGTERM)
        let ended = try await bridge.ended()
        #expect(
            ended.error.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("}") })
    }

    @Test func `health without anybody there is 1`() async throws {
        let ended = try await Program.run("health", "http://127.0.0.1:\(try FreePort.next())/readyz")
        #expect(ended.code == 1)
        #expect(ended.error.contains("does not answer"))
    }

    private static let unreachable = [
        "GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:1", "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:1",
        "GWS_BRIDGE_AGENT": "5001", "GWS_BRIDGE_AGENT_PASSWORD": "secret",
    ]
}
