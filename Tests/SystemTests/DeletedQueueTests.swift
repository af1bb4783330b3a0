import AMQP
import GWSSimulator
import TestSupport
import Testing

struct DeletedQueueTests {
    /// The broker gives them to nobody again.
    @Test func `commands that a deleted queue had given are brought to their end, in their order`()
        async throws
    {
        try await ProcessStage.run { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(200)), method: "POST", path: "/me/calls", times: nil))
            let operations = (0..<12).map { $0.isMultiple(of: 2) ? "Hold" : "Retrieve" }
            var commands: [String] = []
            for operation in operations {
                commands.append(try await stage.client.send(operation, call: call))
            }
            try await eventually(within: .seconds(20), "some were done") {
                await stage.scene.operations().count >= 3
            }
            try await stage.scene.node.control("delete_queue", "\(stage.prefix).commands")
            for command in commands {
                #expect(
                    try await stage.client.outcome(of: command, within: .seconds(30)).outcome == "confirmed")
            }
            #expect(await stage.scene.operations().count == operations.count)
            let later = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.outcome(of: later).outcome == "confirmed")
        }
    }

    @Test func `so are those that several deleted queues had given`() async throws {
        // Of two shards.
        let agents = ["5001", "5002"]
        try await ProcessStage.run(
            agents: agents, settings: ["commands.shards": "4", "amqp.heartbeat": "60s"]
        ) { stage in
            let calls = try await stage.scene.calls(1, of: agents)
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(200)), method: "POST", path: "/me/calls", times: nil))
            var commands: [String] = []
            for operation in ["Hold", "Retrieve", "Hold", "Retrieve", "Hold"] {
                for call in calls {
                    commands.append(
                        try await stage.client.send(operation, agent: call.agent, call: call.id))
                }
            }
            try await eventually(within: .seconds(20), "some were done") {
                await stage.scene.operations().count >= 3
            }
            // So that it learns of all at once.
            stage.bridge.suspend()
            try await AMQPConnection.withConnection(
                to: stage.scene.node.broker(), name: "operator", logger: .silent
            ) { connection in
                for shard in 0..<4 {
                    try await connection.delete(queue: "\(stage.prefix).commands.\(shard)")
                }
            }
            stage.bridge.resume()
            for command in commands {
                let outcome = try await stage.client.outcome(of: command, within: .seconds(30)).outcome
                #expect(outcome == "confirmed")
            }
            #expect(await stage.scene.operations().count == commands.count)
        }
    }
}
