import AMQP
import Bridge
import GWS
import GWSSimulator
import MetricsTestKit
import ServiceLifecycle
import TestSupport
import Testing

/// Agents that are spread over several command queues. By the hash 5001 and 5003 belong to shard 2 of 4, 5002 to 0.
struct ShardTests {
    fileprivate static let shards = 4

    private static func run(
        agents: [String] = ["5001", "5002"], _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await Stage.run(agents: agents) {
            $0.commands.shards = shards
        } _: {
            try await body($0)
        }
    }

    @Test func `commands come by the queue of their agent's shard, and each is done`() async throws {
        try await Self.run { stage in
            for agent in ["5001", "5002"] {
                let call = try await stage.establishedCall(agent: agent)
                let hold = try await stage.client.send("Hold", agent: agent, call: call)
                #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
            }
            #expect(
                try await stage.bindings() == [
                    "command.5001.# 2", "command.5002.# 0", "shard.0 0", "shard.1 1", "shard.2 2",
                    "shard.3 3",
                ])
            stage.bridge.refreshMetrics()
            #expect(try stage.metrics.expectMeter("gws_bridge_shards_active").lastValue == 4)
        }
    }

    @Test func `an agent who is added is bound, and one who is removed is not any more`() async throws {
        try await Self.run(agents: ["5001"]) { stage in
            stage.bridge.serve([.sample("5002")])
            try await eventually(within: .seconds(10), "5002 is bound in place of 5001") {
                try await stage.bindings().filter { $0.hasPrefix("command") } == ["command.5002.# 0"]
            }
            let call = try await stage.establishedCall(agent: "5002")
            let hold = try await stage.client.send("Hold", agent: "5002", call: call)
            #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
            let late = try await stage.client.send("Hold", agent: "5001", call: call)
            #expect(try await stage.client.outcome(of: late).reason == "agent-unknown")
        }
    }

    @Test func `a command that comes by the queue of another shard is passed on`() async throws {
        try await Self.run { stage in
            let call = try await stage.establishedCall(agent: "5001")
            let wrong = "\(stage.prefix).commands.1"
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "producer", logger: .silent
            ) { connection in
                let body = #"{"agent":"5001","callId":"\#(call)","operationName":"Hold"}"#
                _ = await connection.publish(
                    AMQPMessage(
                        exchange: "", routingKey: wrong, properties: Properties(messageID: "stray"),
                        body: Array(body.utf8)))
            }
            #expect(try await stage.client.outcome(of: "stray").outcome == "confirmed")
        }
    }

    @Test func `a command under a key that names nobody finds its agent's shard`() async throws {
        try await Self.run { stage in
            let call = try await stage.establishedCall(agent: "5002")
            let command = try await stage.client.send(
                Array(#"{"agent":"5002","callId":"\#(call)","operationName":"Hold"}"#.utf8), key: "somewhere")
            #expect(try await stage.client.outcome(of: command).outcome == "confirmed")
        }
    }

    @Test func `an agent whom somebody unbound is bound by the next command for them`() async throws {
        try await Self.run { stage in
            let call = try await stage.establishedCall(agent: "5002")
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "operator", logger: .silent
            ) {
                try await $0.unbind(
                    Binding(
                        source: "\(stage.prefix).commands", destination: .queue("\(stage.prefix).commands.0"),
                        routingKey: "command.5002.#"))
            }
            let hold = try await stage.client.send("Hold", agent: "5002", call: call)
            #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
            #expect(try await stage.bindings().contains("command.5002.# 0"))
        }
    }

    @Test func `the agents of a queue that was deleted are bound to the new one`() async throws {
        try await Self.run { stage in
            let call = try await stage.establishedCall(agent: "5001")
            try await stage.node.control("delete_queue", "\(stage.prefix).commands.2")
            try await eventually(within: .seconds(20), "5001 is bound again") {
                try await stage.bindings().contains("command.5001.# 2")
            }
            let hold = try await stage.client.send("Hold", agent: "5001", call: call)
            #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
        }
    }

    @Test func `a bridge that is to stop while it binds its agents stops at once`() async throws {
        let (node, prefix) = (try await PrivateBroker.start(), uniqueName("gws"))
        let agents = 10_000
        var configuration = try BridgeConfiguration(
            instance: prefix, broker: node.broker(), server: GWSServer(url: "http://127.0.0.1:9"),
            agents: (0..<agents).map { .sample("\($0)") })
        configuration.prefix = prefix
        configuration.commands.shards = Self.shards
        let bridge = try Bridge(configuration: configuration, logger: .silent, metrics: TestMetrics())
        let services = ServiceGroup(services: [bridge], logger: .silent)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            try await eventually(within: .seconds(30), "agents are bound") {
                try await node.bindings(prefix).count > Self.shards
            }
            await services.triggerGracefulShutdown()
            group.addTask {
                try await ContinuousClock().sleep(for: .seconds(10))
                throw Stage.Overtime()
            }
            try await group.next()
            group.cancelAll()
        }
        #expect(try await node.bindings(prefix).count < agents)
    }

    @Test func `a process that is not bound for its markers says so, until it is`() async throws {
        try await Self.run { stage in
            let binding = Binding(
                source: "\(stage.prefix).commands", destination: .queue("\(stage.prefix).commands.0"),
                routingKey: "shard.0")
            try await AMQPConnection.withConnection(
                to: stage.node.broker(), name: "operator", logger: .silent
            ) { connection in
                try await connection.unbind(binding)
                try await eventually(within: .seconds(30), "the bridge says that it is not bound") {
                    stage.bridge.readiness.reasons.contains {
                        $0.contains("commands.0") && $0.contains("shard.0")
                    }
                }
                try await connection.bind(binding)
            }
            try await eventually(within: .seconds(30), "all is well") { stage.bridge.readiness.isReady }
            let call = try await stage.establishedCall(agent: "5002")
            let hold = try await stage.client.send("Hold", agent: "5002", call: call)
            #expect(try await stage.client.outcome(of: hold).outcome == "confirmed")
        }
    }

    @Test(arguments: ["declare", "none"])
    func `a process that goes leaves all its shards to the other`(topology: String) async throws {
        let agents = ["5001", "5002", "5003", "5004"]
        try await ProcessStage.run(agents: agents, settings: ["commands.shards": "\(Self.shards)"]) { stage in
            let calls = try await stage.scene.calls(1, of: agents)
            try await stage.bridge.withAnother(["amqp.topology": topology]) { _ in
                try await stage.bridge.kill()
                try await stage.whenShardsAreConsumed(by: 1)
                try await stage.perform("Hold", on: calls)
                for call in calls {
                    _ = try await stage.client.event("\(call.agent) is taken over") {
                        $0.routingKey == "session.\(call.agent).Gap" && $0.text.contains("taken-over")
                    }
                }
                try stage.bridge.start()
                try await stage.bridge.whenReady()
            }
        }
    }

    @Test func `of three processes the last one serves all, and those that come back serve again`()
        async throws
    {
        let agents = ["5001", "5002", "5003", "5004"]
        try await ProcessStage.run(agents: agents, settings: ["commands.shards": "\(Self.shards)"]) { stage in
            let calls = try await stage.scene.calls(1, of: agents)
            try await stage.bridge.withAnother { second in
                try await second.withAnother { third in
                    try await stage.bridge.kill()
                    try await stage.whenShardsAreConsumed(by: 2)
                    try await stage.perform("Hold", on: calls)
                    try await second.kill()
                    try await stage.whenShardsAreConsumed(by: 1)
                    try await stage.perform("Retrieve", on: calls)
                    try stage.bridge.start()
                    try second.start()
                    try await stage.bridge.whenReady()
                    try await second.whenReady()
                    #expect(try await third.stop()?.code == 0)
                    try await stage.perform("Hold", on: calls)
                    try third.start()
                    try await third.whenReady()
                }
            }
        }
    }

    @Test(arguments: [("4", "2"), ("2", "4"), ("1", "2"), ("2", "1")])
    func `a process with another number of shards does not begin`(first: String, second: String) async throws
    {
        try await ProcessStage.run(settings: ["commands.shards": first]) { stage in
            let directory = try TemporaryDirectory()
            let other = try stage.bridge.another(in: directory, ["commands.shards": second])
            try other.start()
            let ended = try await other.ended()
            #expect(ended?.code == 78)
            #expect(ended?.error.contains("commands.shards is \(second)") == true)
            withExtendedLifetime(directory) {}
        }
    }
}

extension Stage {
    fileprivate func bindings() async throws -> [String] { try await node.bindings(prefix) }
}

extension PrivateBroker {
    /// What the queues of commands are bound for, and which shard's each is.
    fileprivate func bindings(_ prefix: String) async throws -> [String] {
        let head = "\(prefix).commands"
        return try await control("list_bindings", "source_name", "destination_name", "routing_key")
            .split(separator: "\n").compactMap { line in
                let columns = line.split(separator: "\t")
                guard columns.count == 3, columns[0] == head, columns[1].hasPrefix("\(head).") else {
                    return nil
                }
                return "\(columns[2]) \(columns[1].dropFirst(head.count + 1))"
            }.sorted()
    }
}

extension ProcessStage {
    /// Waits until the broker knows that the others are gone.
    fileprivate func whenShardsAreConsumed(by processes: Int) async throws {
        let queues = (0..<ShardTests.shards).map { "\(prefix).commands.\($0)" }
        try await scene.node.whenConsumed(queues, by: processes)
    }

    /// Has a command done to each call.
    fileprivate func perform(_ operation: String, on calls: [Campaign.Call]) async throws {
        for call in calls {
            let command = try await client.send(operation, agent: call.agent, call: call.id)
            #expect(try await client.outcome(of: command, within: .seconds(30)).outcome == "confirmed")
        }
    }
}
