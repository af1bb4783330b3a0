import AMQP
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Each hurts a broker or a GWS of its own.
@Suite(.serialized)
struct OutageTests {
    @Test func `the broker goes away in the middle of traffic and comes back`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node, agents: ["5001", "5002"]) { stage in
            try await Self.survive(stage) {
                try await node.stop()
                try await ContinuousClock().sleep(for: .seconds(10))
                try await node.start()
            }
        }
    }

    @Test func `the broker is killed in the middle of traffic and comes back`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node, agents: ["5001", "5002"]) { stage in
            // What a quorum queue holds is on disk a little after it was confirmed (RabbitMQ 3.10).
            try await ContinuousClock().sleep(for: .seconds(2))
            try await Self.survive(stage) {
                try await node.kill()
                try await node.start()
            }
        }
    }

    @Test func `an operator closes every connection in the middle of traffic`() async throws {
        let node = try await PrivateBroker.start()
        try await Stage.run(on: node, agents: ["5001", "5002"]) { stage in
            try await Self.survive(stage) {
                for _ in 0..<3 { _ = try await node.control("close_all_connections", "maintenance") }
            }
        }
    }

    @Test func `GWS restarts in the middle of traffic`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            try await Self.survive(stage) {
                await stage.simulator.restart()
                try await ContinuousClock().sleep(for: .seconds(1))
                await stage.simulator.restart()
            }
            let gaps = try stage.client.events.filter { $0.properties.type == "Gap" }.map {
                try RawJSON($0.body)
            }
            #expect(gaps.isEmpty == false)
            #expect(gaps.allSatisfy { $0["previousEpoch"]?.string != nil })
        }
    }

    @Test func `the command queue is deleted and the bridge makes it anew`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let queue = "\(stage.prefix).commands"
            try await AMQPConnection.withConnection(to: stage.node.broker(), name: "vandal", logger: .silent)
            {
                _ = try await $0.delete(queue: queue)
            }
            try await eventually(within: .seconds(20), "the queue is there again") {
                // What routes nowhere meanwhile goes to the undelivered, so the queue is looked for and not tried.
                try await stage.commandQueue() == (0, 1)
            }
            try await stage.client.send("Hold", call: call)
            _ = try await stage.client.event("the call is held") {
                $0.properties.headers["gws-call-state"]?.string == "Held"
            }
        }
    }

    /// Sends commands while something happens, and sees that every one of them ends once: with one outcome, never
    /// executed twice, and never answered twice with different words.
    private static func survive(_ stage: Stage, _ happening: @escaping @Sendable () async throws -> Void)
        async throws
    {
        // An agent each: of two calls at one telephone the switch holds the one that is not talked in.
        let agents = ["5001", "5002"]
        let calls = [
            try await stage.establishedCall(agent: agents[0]),
            try await stage.establishedCall(agent: agents[1]),
        ]
        let ids = try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                try await happening()
                return []
            }
            group.addTask {
                var ids: [String] = []
                for number in 0..<200 {
                    let operation = number % 4 < 2 ? "Hold" : "Retrieve"
                    // What is not the bridge's is passed on, and tells the POSTs apart.
                    let body =
                        #"{"agent":"\#(agents[number % 2])","callId":"\#(calls[number % 2])","operationName":"\#(operation)","probe":\#(number)}"#
                    ids.append(try await stage.client.send(Array(body.utf8)))
                    try await ContinuousClock().sleep(for: .milliseconds(10))
                }
                return ids
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(ids.count == 200)
        var outcomes: [String: Int] = [:]
        for id in ids {
            let outcome = try await stage.client.outcome(of: id, within: .seconds(60))
            _ = try await stage.client.reply(to: id)
            outcomes[outcome.outcome ?? "", default: 0] += 1
        }
        // Nothing that was only on its way or waiting may have been given up.
        #expect(outcomes["confirmed", default: 0] >= 180, "\(outcomes)")
        try await eventually(within: .seconds(20), "every command is settled") {
            let status = try await stage.commandQueue()
            return status.messages == 0
        }
        for id in ids {
            let words = try (stage.client.outcomes(of: id) + stage.client.replies(to: id)).filter(\.isFinal)
                .map(\.outcome)
            #expect(Set(words).count == 1, "\(id)")
        }
        let executed = await stage.operations().filter { $0.executed && $0.body.contains("probe") }.map(
            \.body)
        #expect(Set(executed).count == executed.count)
        #expect(executed.count >= outcomes["confirmed", default: 0])
    }
}

extension Stage {
    /// Messages are those that are ready and those that are out and not settled.
    fileprivate func commandQueue() async throws -> (messages: Int, consumers: Int) {
        let list = try await node.control("-q", "list_queues", "name", "messages", "consumers")
        for line in list.split(separator: "\n") {
            let columns = line.split(separator: "\t")
            guard columns.count == 3, columns[0] == "\(prefix).commands" else { continue }
            return (Int(columns[1]) ?? -1, Int(columns[2]) ?? -1)
        }
        return (-1, -1)
    }
}
