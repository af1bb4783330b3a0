import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Several nodes of GWS behind a balancer with sticky cookies. A node that dies takes its sessions along. Unlike real
/// ones, these do not have the same calls.
@Suite(.timeLimit(.minutes(3)))
struct GWSNodesTests {
    private static let versionPath = "/api/v2/diagnostics/version"

    private struct Node {
        let simulator: Simulator
        let link: FrozenLink

        var sessionRequests: Int {
            get async { await simulator.requests().count { $0.path.hasPrefix("/api/v2/me") } }
        }
    }

    /// A bridge that serves one agent by a balancer before two nodes.
    ///
    /// - Parameter body: gets the node where the agent's session is, and the other.
    private func run(
        _ body: @escaping @Sendable (Stage, _ home: Node, _ other: Node) async throws -> Void
    ) async throws {
        var (first, second) = (SimulatorConfiguration(), SimulatorConfiguration())
        first.port = try FreePort.next()
        second.port = try FreePort.next()
        let links = try [first.port, second.port].map { try FrozenLink(to: $0) }
        let balancer = try Balancer(before: links.map(\.port), askingFor: Self.versionPath)
        let server = try GWSServer(url: balancer.url)
        try await withSimulator(second) { second, _ in
            try await Stage.run(simulator: first) {
                $0.server = server
            } _: { stage in
                let nodes = zip([stage.simulator, second], links).map { Node(simulator: $0, link: $1) }
                let isFirst = await nodes[0].sessionRequests > 0
                try await body(stage, nodes[isFirst ? 0 : 1], nodes[isFirst ? 1 : 0])
            }
        }
    }

    @Test func `an agent's polls and operations go to one node`() async throws {
        try await run { stage, home, other in
            for _ in 0..<5 {
                let call = try await home.simulator.ring(agent: "5001")
                let id = try await stage.client.send("Answer", call: call)
                #expect(try await stage.client.outcome(of: id).outcome == "confirmed")
            }
            #expect(await other.sessionRequests == 0)
        }
    }

    @Test func `an agent whose node dies is served by another, and the gap is named and read`() async throws {
        try await run { stage, home, other in
            let lost = try await home.simulator.ring(agent: "5001")
            let id = try await stage.client.send("Answer", call: lost)
            #expect(try await stage.client.outcome(of: id).outcome == "confirmed")

            home.link.refuse()
            home.link.cut()
            let gap = try await stage.client.event(within: .seconds(40), "the gap is named") {
                $0.properties.type == "Gap"
            }
            #expect(try RawJSON(gap.body)["reason"]?.string == "logged-out")
            // The other has no such call: as far as anybody can see it is over.
            _ = try await stage.client.event("what became of the call is told") {
                $0.properties.headers["gws-call-id"]?.string == lost
                    && $0.properties.headers["gws-call-state"]?.string == "Released"
            }

            let call = try await other.simulator.ring(agent: "5001")
            let next = try await stage.client.send("Answer", call: call)
            #expect(try await stage.client.outcome(of: next).outcome == "confirmed")
            // Back again, the first is left alone: the cookie is the other's.
            let before = await home.sessionRequests
            try home.link.admit()
            try await ContinuousClock().sleep(for: .seconds(1))
            let hold = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
            #expect(await home.sessionRequests == before)
        }
    }
}
