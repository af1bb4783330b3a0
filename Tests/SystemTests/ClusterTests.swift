import AMQP
import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    /// A cluster of three nodes, of which one is lost after the other. The bridge has the addresses of all, and is on the
    /// first that answers; the client is on the last, which stays. What becomes of commands is in the fault matrix.
    @Suite(.timeLimit(.minutes(8)))
    struct ClusterTests {
        /// A node is stopped, another is killed, and one stands still, each under load.
        private static func loseNodes(_ cluster: PrivateCluster) async throws {
            let clock = ContinuousClock()
            let (first, second) = (cluster.nodes[0], cluster.nodes[1])
            try await first.stop()
            try await clock.sleep(for: .seconds(5))
            try await first.start()
            try await clock.sleep(for: .seconds(5))
            try await second.kill()
            try await clock.sleep(for: .seconds(5))
            try await second.start()
            try await clock.sleep(for: .seconds(5))
            try await first.suspend()
            try await clock.sleep(for: .seconds(12))
            try await first.resume()
        }

        @Test func `no event is lost, and no session, while one node of three after the other goes`()
            async throws
        {
            let cluster = try await PrivateCluster.start()
            try await EventStage.run(
                on: cluster.nodes[2], settings: ["amqp.url": cluster.urls, "amqp.heartbeat": "2s"]
            ) { stage in
                try await stage.load(after: .seconds(5)) { try await Self.loseNodes(cluster) }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": EventCampaign.agents.count], within: .seconds(120))
                #expect(audit.lost == 0)
                print("nodes lost: \(audit)")
            }
        }
    }
}
