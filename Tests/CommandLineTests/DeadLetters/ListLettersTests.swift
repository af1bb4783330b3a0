import AMQP
import Bridge
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import gws_bridge

/// The subcommands beside a real broker, each a process.
struct ListLettersTests {
    @Test func `looking takes nothing away and leaves the order`() async throws {
        let ids = (1...700).map { "c\($0)" }
        try await withLetters(ids) { letters in
            for _ in 1...3 {
                let seen = try await letters.ids()
                #expect(seen == ids)
            }
            let left = try await letters.taken(from: letters.queue)
            #expect(left.compactMap(\.properties.messageID) == ids)
        }
    }

    @Test func `two who look at once both see everything`() async throws {
        let ids = (1...300).map { "c\($0)" }
        try await withLetters(ids) { letters in
            for _ in 1...3 {
                async let one = letters.ids()
                async let other = letters.ids()
                let seen = try await [one, other]
                #expect(seen == [ids, ids])
            }
        }
    }

    @Test func `whoever waits is told why, and goes on when the other is done`() async throws {
        try await withLetters(["c1"]) { letters in
            let (list, lock) = (["dead-letters", "list", "--json"], "\(letters.queue).lock")
            var waiting: Program?
            try await withLink(to: letters.broker) { link in
                _ = try await link.declare(
                    Queue(name: lock, durable: false, exclusive: true, autoDelete: true))
                let program = try Program(list, environment: letters.environment)
                try await program.prints("somebody else is looking at the dead letters")
                waiting = program
            }
            let ended = try await #require(waiting).ended()
            #expect(ended.code == 0)
            #expect(ended.output.contains(#""id":"c1""#))
        }
    }

    @Test func `whoever waits too long gives up`() async throws {
        try await withLetters(["c1"]) { letters in
            try await withLink(to: letters.broker) { link in
                let queue = DeadLetterQueue(
                    broker: letters.broker.broker(), name: letters.queue, patience: .milliseconds(200)
                ) { _ in }
                // A consumer that is none of ours has the letters in hand.
                _ = try await link.consume(letters.queue, prefetch: 1)
                let failure = await #expect(throws: CommandFailure.self) {
                    _ = try await queue.withLetters {
                        $0.message
                    } _: {
                        $0
                    }
                }
                #expect(failure?.code == .unavailable)
                #expect(failure?.description.contains("in hand for 200ms") == true)
            }
        }
    }

    @Test func `what arrives while one looks is there afterwards, behind the others`() async throws {
        try await withLetters(["c1", "c2"]) { letters in
            let queue = DeadLetterQueue(broker: letters.broker.broker(), name: letters.queue) { _ in }
            let seen = try await queue.withLetters {
                $0.message.properties.messageID
            } _: { seen in
                try await letters.publish([.deadLetter("c3", prefix: letters.prefix)])
                return seen
            }
            #expect(seen == ["c1", "c2"])
            #expect(try await letters.ids() == ["c1", "c2", "c3"])
        }
    }

    @Test func `more letters than one consumer can have in hand keep their order, too`() async throws {
        let ids = (1...500).map { "c\($0)" }
        try await withLetters(ids) { letters in
            let queue = DeadLetterQueue(
                broker: letters.broker.broker(), name: letters.queue, mostInHand: 90
            ) { _ in }
            for _ in 1...3 {
                let seen = try await queue.withLetters {
                    $0.message.properties.messageID
                } _: {
                    $0
                }
                #expect(seen == ids)
            }
        }
    }

    @Test func `a reader that dies leaves all as it was`() async throws {
        let ids = (1...300).map { "c\($0)" }
        try await withLetters(ids) { letters in
            #expect(try await letters.ids() == ids)
            for _ in 1...3 {
                let reader = try Program(["dead-letters", "list"], environment: letters.environment)
                try await eventually(within: .seconds(20), "the reader has letters in hand, or is done") {
                    if reader.hasEnded { return true }
                    return try await letters.isInHand()
                }
                reader.signal(SIGKILL)
                _ = try await reader.ended()
            }
            #expect(try await letters.ids() == ids)
        }
    }

    @Test func `filters leave what agrees with all of them`() async throws {
        try await withLetters { letters in
            let prefix = letters.prefix
            let now = Int64(Date.now.timeIntervalSince1970 * 1000)
            try await letters.publish([
                .deadLetter("a", prefix: prefix), .deadLetter("b", prefix: prefix, reason: "cut"),
                .deadLetter("c", prefix: prefix, agent: "5002"),
                .deadLetter("d", prefix: prefix, call: "OTHER"),
                .deadLetter("e", prefix: prefix, operation: "Ready"),
                .deadLetter("f", prefix: prefix, failedAt: now),
            ])
            let cases: [([String], [String])] = [
                (["--reason", "cut"], ["b"]), (["--agent", "5002"], ["c"]), (["--call", "OTHER"], ["d"]),
                (["--operation", "Ready"], ["e"]),
                (["--older-than", "1h", "--agent", "5001"], ["a", "b", "d", "e"]),
                (["--reason", "cut", "--agent", "5002"], []),
            ]
            for (arguments, expected) in cases {
                let ended = try await Program(
                    ["dead-letters", "list", "--json"] + arguments, environment: letters.environment
                ).ended()
                #expect(ended.code == 0)
                let ids = expected.map { "\"id\":\"\($0)\"" }
                let lines = ended.output.split(separator: "\n")
                #expect(lines.count == ids.count)
                #expect(zip(lines, ids).allSatisfy { $0.contains($1) })
            }
        }
    }

    @Test func `a letter that the broker put there is listed and shown`() async throws {
        try await withLetters { letters in
            try await letters.giveUp(
                AMQPMessage(
                    exchange: "\(letters.prefix).commands.undelivered", routingKey: "command.5001.Hold",
                    properties: Properties(messageID: "c1"),
                    body: Array(#"{"agent":"5001","callId":"00RV","operationName":"Hold"}"#.utf8)))
            let line = try #require(try await letters.lines("list").first)
            #expect(line["id"] as? String == "c1" && line["callId"] as? String == "00RV")
            #expect(line["outcome"] as? String == "unknown" && line["reason"] as? String == "delivery-limit")
            #expect(line["failedAt"] is String)
            let shown = try await letters.run("show", "c1")
            #expect(shown.code == 0)
            #expect(shown.output.contains("unknown delivery-limit – The broker put it aside"))
        }
    }

    @Test func `a letter is shown for people and for programs`() async throws {
        try await withLetters(["c1", "c2", "c1"]) { letters in
            let shown = try await letters.run("show", "c1")
            #expect(shown.code == 0)
            #expect(shown.output.split(separator: "\n").count { $0 == "c1  Hold call 00RV of 5001" } == 2)
            let objects = try await letters.lines("show", "c2")
            #expect(objects.count == 1)
            let keys = Set(objects[0].keys)
            #expect(
                keys.isSuperset(of: [
                    "id", "reason", "exchange", "routingKey", "headers", "properties", "body",
                ]))
        }
    }

    @Test func `an id that is not there is said`() async throws {
        try await withLetters(["c1"]) { letters in
            let shown = try await letters.run("show", "c9")
            #expect(shown.code == 2)
            #expect(shown.error == "gws-bridge: there is no dead letter c9\n")
        }
    }

    @Test func `a queue that is not there, and a broker that is not, are 69`() async throws {
        let broker = try await PrivateBroker.shared
        let nobody = Letters(broker: broker, prefix: uniqueName("nobody"))
        let ended = try await nobody.run("list")
        #expect(ended.code == 69)
        #expect(ended.error.contains("is not there. Has a bridge been running"))
        let away = try await nobody.run(
            "list", environment: ["GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:\(try FreePort.next())"])
        #expect(away.code == 69)
        let wrong = try await nobody.run(
            "list", environment: ["GWS_BRIDGE_AMQP_URL": "amqp://guest:wrong@127.0.0.1:\(broker.port)"])
        #expect(wrong.code == 77)
    }

    @Test(arguments: [
        ["replay"], ["drop"], ["replay", "c1", "--all"], ["drop", "c1", "--reason", "cut"], ["show"],
        ["list", "--older-than", "soon"],
    ])
    func `what makes no sense is wrong usage`(arguments: [String]) async throws {
        let ended = try await Program(["dead-letters"] + arguments, environment: [:]).ended()
        #expect(ended.code == 64)
        #expect(ended.error.contains("Usage: gws-bridge dead-letters"))
    }
}

extension Letters {
    func isInHand() async throws -> Bool {
        let isInHand = NIOLockedValueBox(false)
        try await withLink(to: broker) { link in
            let status = try await link.declare(Queue(name: queue), passively: true)
            isInHand.withLockedValue { $0 = status.consumers > 0 }
        }
        return isInHand.withLockedValue { $0 }
    }

    /// Has the broker give up a command past the limit of the undelivered.
    func giveUp(_ message: AMQPMessage) async throws {
        try await withLink(to: broker) { link in
            #expect(await link.publish(message) == .confirmed)
            let deliveries = try await link.consume("\(prefix).commands.undelivered", prefetch: 1)
            var left = 11
            for try await batch in deliveries {
                for delivery in batch { delivery.reject(requeue: true) }
                left -= batch.count
                if left == 0 { break }
            }
            try await eventually(within: .seconds(20), "the broker has given it up") {
                try await link.declare(Queue(name: queue), passively: true).messages == 1
            }
        }
    }
}
