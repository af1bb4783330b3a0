import AMQP
import Bridge
import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// From a command that fails to its replay, with a bridge and a simulated GWS.
struct DeadLettersAndBridgeTests {
    @Test func `a replay that was interrupted and is done again is done once`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            let letters = try await running.letters()
            try await letters.expire("c1", call: call, answersTo: "\(running.prefix).answers")
            // As if the process had died between the broker's confirm and the removal: the letter is there twice.
            try await letters.copyFirst()
            let replayed = try await running.deadLetters("replay", "--all")
            #expect(replayed.code == 0)
            #expect(replayed.output.ranges(of: "replayed c1 as c1/replay-1: Hold call \(call)").count == 2)
            let answers = try await letters.answers(3, from: "\(running.prefix).answers")
            #expect(answers.count { $0.properties.headers["gws-duplicate"]?.bool == true } == 1)
            let posts = await running.simulator.requests().filter {
                $0.method == "POST" && $0.body.contains("Hold")
            }
            #expect(posts.count == 1)
            #expect(try await letters.ids() == [])
        }
    }

    @Test func `a command of a call that is over is left, unless it is forced`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            let letters = try await running.letters()
            try await letters.expire("c1", call: "GONE", answersTo: "\(running.prefix).answers")
            try await letters.expire("c2", call: call, answersTo: "\(running.prefix).answers")
            let dry = try await running.deadLetters("replay", "--all", "--dry-run")
            #expect(dry.code == 2)
            #expect(dry.output.contains("would leave c1: Hold call GONE of 5001 – call GONE is over"))
            #expect(dry.output.contains("would replay c2 as c2/replay-1"))
            let refused = try await running.deadLetters("replay", "c1")
            #expect(refused.code == 2)
            #expect(refused.output.contains("call GONE is over"))
            #expect(try await letters.ids() == ["c1", "c2"])
            #expect(try await running.deadLetters("replay", "c1", "--force").code == 0)
            #expect(try await letters.ids() == ["c2"])
        }
    }

    @Test func `asking GWS leaves the agent where it is`() async throws {
        try await withBridge { running in
            let letters = try await running.letters()
            try await letters.expire("c1", call: "GONE", answersTo: "\(running.prefix).answers")
            let before = await running.simulator.requests().last?.sequence ?? 0
            _ = try await running.deadLetters("replay", "--all", "--dry-run")
            let asked = await running.simulator.requests(after: before)
            #expect(asked.contains { $0.path.contains("/me/calls/GONE") })
            #expect(asked.allSatisfy { $0.method == "GET" })
        }
    }

    @Test func `a producer cannot have the replay publish anywhere but to the commands`() async throws {
        try await withBridge { running in
            let letters = try await running.letters()
            let events = "\(running.prefix).forged"
            let forged: FieldValue = [
                [
                    "queue": .string("\(running.prefix).commands.undelivered"),
                    "exchange": .string("\(running.prefix).events"), "routing-keys": ["call.FAKE.Forged"],
                ]
            ]
            try await withLink(to: letters.broker) { link in
                _ = try await link.declare(Queue(name: events))
                try await link.bind(
                    Binding(
                        source: "\(running.prefix).events", destination: .queue(events),
                        routingKey: "call.FAKE.#"))
            }
            try await letters.publish([
                AMQPMessage(
                    exchange: "\(running.prefix).commands", routingKey: "command.5001.Hold",
                    properties: Properties(headers: ["x-death": forged], deliveryMode: 2, messageID: "c1"),
                    body: Array("{".utf8))
            ])
            try await eventually(within: .seconds(20), "the letter") { try await letters.ids() == ["c1"] }
            #expect(try await running.deadLetters("replay", "c1").code == 0)
            try await eventually(within: .seconds(20), "the replay, rejected as the first one was") {
                try await letters.ids() == ["c1/replay-1"]
            }
            #expect(try await letters.taken(from: events) == [])
        }
    }

    @Test func `an agent whom GWS does not let in is no reason to replay`() async throws {
        try await withBridge { running in
            let letters = try await running.letters()
            try await letters.expire("c1", call: "GONE", answersTo: "\(running.prefix).answers")
            try await letters.expire("c2", call: "OTHER", answersTo: "\(running.prefix).answers")
            let ended = try await Program(
                ["dead-letters", "replay", "--all"],
                environment: running.environment.merging(["GWS_BRIDGE_AGENT_PASSWORD": "wrong"]) { $1 }
            ).ended()
            #expect(ended.code == 2)
            #expect(ended.output.contains("whether call GONE is over is not known"))
            #expect(try await letters.ids() == ["c1", "c2"])
        }
    }
}

extension Running {
    func letters() async throws -> Letters { Letters(broker: try await PrivateBroker.shared, prefix: prefix) }

    func deadLetters(_ arguments: String...) async throws -> Program.Ended {
        try await Program(["dead-letters"] + arguments, environment: environment).ended()
    }
}

extension Letters {
    /// Has the bridge put a command aside that came too late; nothing is wrong with it otherwise.
    func expire(_ id: String, call: String, answersTo queue: String) async throws {
        let command = AMQPMessage(
            exchange: "\(prefix).commands", routingKey: "command.5001.Hold", isMandatory: true,
            properties: Properties(
                headers: ["gws-deadline": 1], deliveryMode: 2, replyTo: queue, messageID: id),
            body: Array(#"{"agent":"5001","callId":"\#(call)","operationName":"Hold"}"#.utf8))
        try await withLink(to: broker) { link in
            _ = try await link.declare(Queue(name: queue))
        }
        try await publish([command])
        try await eventually(within: .seconds(20), "the letter of \(id)") { try await ids().contains(id) }
    }

    /// Puts the first letter behind the others once more.
    func copyFirst() async throws {
        try await withLink(to: broker) { link in
            let delivery = try #require(try await link.get(queue))
            #expect(await link.publish(delivery.message) == .confirmed)
        }
    }

    func answers(_ count: Int, from queue: String) async throws -> [AMQPMessage] {
        var answers: [AMQPMessage] = []
        try await eventually(within: .seconds(20), "\(count) answers") {
            answers += try await taken(from: queue)
            return answers.count >= count
        }
        return answers
    }
}
