import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

@Suite struct DescriptorsTests {
    @Test func `each agent needs two, and a command one`() {
        #expect(Descriptors.needed(agents: 1000, concurrency: 64) == 2164)
    }

    private static let sentence =
        "300 agents need up to 764 open files, and the limit is 256; raise it (ulimit -n, LimitNOFILE)"

    private func agents(_ count: Int) -> String {
        "agents:\n" + (0..<count).map { "  - {name: \"\(5001 + $0)\", password-env: P}\n" }.joined()
    }

    @Test func `more agents than open files suffice for are 78, in one line`() async throws {
        let directory = try TemporaryDirectory()
        let bridge = try Program(
            ["run"],
            environment: [
                "GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:1", "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:1",
                "GWS_BRIDGE_AGENTS_FILE": directory.write(agents(300), to: "agents.yaml"), "P": "secret",
            ], openFiles: 256)
        let ended = try await bridge.ended()
        #expect(ended.code == 78)
        #expect(ended.error == "gws-bridge: \(Self.sentence)\n")
    }

    @Test func `where too many agents are read the old ones stay, and it is told once`() async throws {
        let directory = try TemporaryDirectory()
        let broker = try await PrivateBroker.shared
        let file = try directory.write(agents(1), to: "agents.yaml")
        try await withSimulator { simulator, url in
            let bridge = try Program(
                ["run"],
                environment: [
                    "GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_GWS_URL": url, "P": "5001",
                    "GWS_BRIDGE_PREFIX": uniqueName("files"), "GWS_BRIDGE_AGENTS_FILE": file,
                    "GWS_BRIDGE_CONSOLE_PORT": "0",
                ], openFiles: 256)
            try await within(.seconds(20), "the agent is served") {
                try await simulator.heldPoll(of: "5001")
            }
            try directory.write(agents(300), to: "agents.yaml")
            try await bridge.prints(Self.sentence)
            bridge.signal(SIGTERM)
            let ended = try await bridge.ended()
            #expect(ended.code == 0)
            #expect(ended.error.components(separatedBy: "The agents stay as they were").count == 2)
            #expect(ended.error.components(separatedBy: Self.sentence).count == 2)
            #expect(await Set(simulator.requests().map(\.agent)) == ["5001"])
        }
    }
}
