/// Three RabbitMQ nodes of the test process's own, on loopback, as one cluster.
public struct PrivateCluster: Sendable {
    public let nodes: [PrivateBroker]

    /// Nodes that miss each other within seconds.
    private static let configuration = "net_ticktime = 5\ncluster_partition_handling = pause_minority\n"

    public static func start() async throws -> PrivateCluster {
        let first = try await PrivateBroker.start(configuration: configuration)
        var nodes = [first]
        for _ in 1...2 {
            nodes.append(try await PrivateBroker.start(configuration: configuration, joining: first))
        }
        return PrivateCluster(nodes: nodes)
    }

    /// For `amqp.url`.
    public var urls: String { nodes.map(\.url).joined(separator: ",") }
}
