import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// The agents are read again while the program runs.
@Suite struct AgentsWatchTests {
    /// A bridge with an agents file in a directory of its own.
    private struct Site: Sendable {
        let simulator: Simulator
        let bridge: Program
        let directory: TemporaryDirectory

        func polls(_ agents: String...) async throws {
            for agent in agents {
                try await within(.seconds(20), "\(agent) is served") {
                    try await simulator.heldPoll(of: agent)
                }
            }
        }

        /// As editors do it: a new file in the place of the old one.
        func replace(_ path: String, by text: String) throws {
            let new = try directory.write(text, to: "\(path).new")
            guard rename(new, String(new.dropLast(4))) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private static let one = "agents:\n  - {name: \"5001\", password-file: secrets/5001}\n"
    private static let two = one + "  - {name: \"5002\", password-file: secrets/5002}\n"

    @discardableResult
    private func withSite(_ body: (Site) async throws -> Void) async throws -> Program.Ended {
        let broker = try await PrivateBroker.shared
        let directory = try TemporaryDirectory()
        try directory.write("5001\n", to: "secrets/5001")
        try directory.write("5002\n", to: "secrets/5002")
        let agents = try directory.write(Self.one, to: "agents.yaml")
        return try await withSimulator { simulator, url in
            let bridge = try Program(
                "run",
                environment: [
                    "GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_GWS_URL": url,
                    "GWS_BRIDGE_PREFIX": uniqueName("watch"), "GWS_BRIDGE_AGENTS_FILE": agents,
                    "GWS_BRIDGE_CONSOLE_PORT": "0",
                ])
            let site = Site(simulator: simulator, bridge: bridge, directory: directory)
            try await site.polls("5001")
            try await body(site)
            #expect(!bridge.hasEnded)
            bridge.signal(SIGTERM)
            let ended = try await bridge.ended()
            #expect(ended.code == 0)
            return ended
        }
    }

    @Test func `an agents file that is replaced is read again`() async throws {
        try await withSite { site in
            try site.replace("agents.yaml", by: Self.two)
            try await site.polls("5002")
            try site.replace("agents.yaml", by: Self.one)
            try await within(.seconds(20), "the other is left") {
                try await site.simulator.noClient(of: "5002")
            }
            #expect(await site.simulator.clientCount(of: "5001") == 1)
        }
    }

    @Test func `SIGHUP has the agents read again`() async throws {
        try await withSite { site in
            site.bridge.signal(SIGHUP)
            try await site.bridge.prints("Read the agents again")
            site.bridge.signal(SIGHUP)
            try await site.bridge.prints("Read the agents again", times: 2)
        }
    }

    @Test func `SIGHUPs that come while the agents are read come to one more reading`() async throws {
        let ended = try await withSite { site in
            // Long enough to be read for more than the signals take.
            let many = (0..<3000).map { "  - {name: \"a\($0)\", password-file: secrets/5001}\n" }
            try site.replace("agents.yaml", by: Self.one + many.joined() + "  - {nam: x}\n")
            for _ in 0..<2000 {
                site.bridge.signal(SIGHUP)
                usleep(100)
            }
            try await site.bridge.prints("The agents stay as they were")
            try site.replace("agents.yaml", by: Self.two)
            try await site.polls("5001", "5002")
        }
        let readings = ended.error.split(separator: "\n").count {
            $0.contains("stay as they were") || $0.contains("Read the agents again")
        }
        #expect(readings < 20)
    }

    @Test func `a wrong agents file leaves everything as it was, and is told once`() async throws {
        let ended = try await withSite { site in
            try site.replace("agents.yaml", by: "agents:\n  - {nam: \"5002\"}\n")
            try await site.bridge.prints("The agents stay as they were")
            // A right one is read all the same.
            try site.replace("agents.yaml", by: Self.two)
            try await site.polls("5001", "5002")
        }
        let lines = ended.error.split(separator: "\n").filter { $0.contains("stay as they were") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("agents[0].nam: unknown field") == true)
    }

    @Test func `a password file that changes begins its agent anew`() async throws {
        try await withSite { site in
            try site.replace("agents.yaml", by: Self.two)
            try await site.polls("5002")
            let before = await site.simulator.conversations().last?.sequence ?? 0
            try await site.simulator.changePassword(of: "5002", to: "s3cret")
            try site.replace("secrets/5002", by: "s3cret\n")
            _ = try await within(.seconds(20), "a new handshake") {
                try await site.simulator.request(after: before) { $0.body.contains("/meta/handshake") }
            }
            try await site.polls("5002")
            let handshakes = await site.simulator.conversations(after: before)
                .filter { $0.body.contains("/meta/handshake") }
            #expect(handshakes.map(\.agent) == ["5002"])
        }
    }

    @Test func `SIGHUP reads the password file of a single agent again`() async throws {
        let broker = try await PrivateBroker.shared
        let directory = try TemporaryDirectory()
        let password = try directory.write("wrong\n", to: "password")
        try await withSimulator { simulator, url in
            let bridge = try Program(
                "run",
                environment: [
                    "GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_GWS_URL": url,
                    "GWS_BRIDGE_PREFIX": uniqueName("watch"), "GWS_BRIDGE_AGENT": "5001",
                    "GWS_BRIDGE_AGENT_PASSWORD_FILE": password, "GWS_BRIDGE_CONSOLE_PORT": "0",
                ])
            try await bridge.prints("Trying again after a pause")
            try directory.write("5001\n", to: "password")
            bridge.signal(SIGHUP)
            try await within(.seconds(20), "it is served") {
                try await simulator.heldPoll(of: "5001")
            }
            bridge.signal(SIGTERM)
            let ended = try await bridge.ended()
            #expect(ended.code == 0)
            #expect(!ended.error.contains("wrong"))
        }
    }

    @Test func `no way of showing the configuration shows a password`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("s3cret-in-file\n", to: "password")
        let path = try directory.write(
            "agents:\n  - {name: a, password-file: password}\n  - {name: b, password-env: P}\n",
            to: "agents.yaml")
        let settings = try Settings(
            file: nil as String?,
            environment: [
                "GWS_BRIDGE_AMQP_URL": "amqp://u:s3cret-of-broker@broker", "GWS_BRIDGE_GWS_URL": "http://gws",
                "GWS_BRIDGE_AGENTS_FILE": path, "P": "s3cret-in-environment",
            ])
        let configuration = try settings.bridgeConfiguration()
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(dumped.contains("AgentConfiguration"))
        #expect(!(dumped + "\(configuration)" + String(reflecting: configuration)).contains("s3cret"))
    }
}
