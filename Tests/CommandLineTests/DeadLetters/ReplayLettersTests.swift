import AMQP
import Bridge
import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// What reaches the broker; no bridge takes it.
struct ReplayLettersTests {
    @Test func `a replay is published where it came from, and then removed`() async throws {
        try await withLetters(["c1", "c2", "c3"]) { letters in
            let ended = try await letters.run("replay", "c3", "c1", "--force")
            #expect(ended.code == 0)
            #expect(
                ended.output == """
                    replayed c1 as c1/replay-1: Hold call 00RV of 5001
                    replayed c3 as c3/replay-1: Hold call 00RV of 5001
                    replayed 2

                    """)
            #expect(try await letters.ids() == ["c2"])
            let commands = try await letters.taken(from: "\(letters.prefix).commands")
            #expect(commands.map(\.properties.messageID) == ["c1/replay-1", "c3/replay-1"])
            #expect(commands.allSatisfy { $0.properties.userID == "guest" })
            #expect(commands.allSatisfy { $0.routingKey == "command.5001.Hold" })
        }
    }

    @Test func `it is published as whom the link logged in, of several users`() async throws {
        try await withLetters(["c1"]) { letters in
            let nobody = "amqp://nobody:secret@127.0.0.1:\(try FreePort.next())"
            let ended = try await letters.run(
                "replay", "c1", "--force",
                environment: ["GWS_BRIDGE_AMQP_URL": "\(nobody),\(letters.broker.url)"])
            #expect(ended.code == 0, "\(ended)")
            let commands = try await letters.taken(from: "\(letters.prefix).commands")
            #expect(commands.map(\.properties.userID) == ["guest"])
        }
    }

    @Test func `a dry run says what would be, and does nothing`() async throws {
        try await withLetters(["c1"]) { letters in
            let ended = try await letters.run("replay", "--all", "--dry-run", "--force")
            #expect(ended.output.hasPrefix("would replay c1 as c1/replay-1: Hold"))
            #expect(try await letters.ids() == ["c1"])
            #expect(try await letters.taken(from: "\(letters.prefix).commands") == [])
        }
    }

    @Test func `without GWS a command about a call is left, and another is replayed`() async throws {
        try await withLetters(["c1"]) { letters in
            try await letters.publish([
                .deadLetter("c2", prefix: letters.prefix, call: nil, operation: "Ready")
            ])
            let ended = try await letters.run("replay", "--all")
            #expect(ended.code == 2)
            #expect(
                ended.output.contains(
                    "left c1: Hold call 00RV of 5001 – whether call 00RV is over is not known"))
            #expect(ended.output.contains("--force"))
            #expect(ended.output.hasSuffix("replayed 1, left 1\n"))
            #expect(try await letters.ids() == ["c1"])
        }
    }

    @Test func `what no queue takes stays, and does not keep the others`() async throws {
        try await withLetters(["c1"]) { letters in
            let prefix = letters.prefix
            try await letters.publish([
                .deadLetter("c2", prefix: prefix, exchange: "", routingKey: "\(prefix).commands"),
                .deadLetter("c3", prefix: prefix),
            ])
            // The exchange gives what is not bound for on to the one of the undelivered.
            try await withLink(to: letters.broker) { try await $0.delete(queue: "\(prefix).commands") }
            let ended = try await letters.run("replay", "--all", "--force")
            #expect(ended.code == 69)
            #expect(ended.output.contains("left c2: Hold call 00RV of 5001 – no queue takes it"))
            #expect(ended.output.hasSuffix("replayed 2, left 1\n"))
            #expect(try await letters.ids() == ["c2"])
        }
    }

    @Test func `an exchange that is gone ends only what is published to it`() async throws {
        try await withLetters(["c1"]) { letters in
            try await letters.publish([
                .deadLetter(
                    "c2", prefix: letters.prefix, exchange: "", routingKey: "\(letters.prefix).commands")
            ])
            try await withLink(to: letters.broker) {
                try await $0.delete(exchange: "\(letters.prefix).commands")
            }
            let ended = try await letters.run("replay", "--all", "--force")
            #expect(ended.code == 69)
            #expect(
                ended.output.contains("left c1: Hold call 00RV of 5001 – the broker closed the channel: 404"))
            #expect(ended.output.hasSuffix("replayed 1, left 1\n"))
            #expect(try await letters.ids() == ["c1"])
        }
    }

    @Test func `a letter that the broker put there goes back to the exchange of the commands`() async throws {
        try await withLetters { letters in
            try await letters.giveUp(
                AMQPMessage(
                    exchange: "\(letters.prefix).commands.undelivered", routingKey: "command.5001.Ready",
                    properties: Properties(headers: ["mine": 1], messageID: "c1"),
                    body: Array(#"{"agent":"5001","operationName":"Ready"}"#.utf8)))
            #expect(try await letters.run("replay", "c1").code == 0)
            let command = try #require(try await letters.taken(from: "\(letters.prefix).commands").first)
            #expect(command.exchange == "\(letters.prefix).commands")
            #expect(command.routingKey == "command.5001.Ready")
            #expect(command.properties.messageID == "c1/replay-1")
            #expect(
                command.properties.headers == ["mine": 1, "gws-replay-count": 1, "gws-replay-of": "c1"])
        }
    }

    @Test func `a replayer that dies loses none, and what it published twice is the same command`()
        async throws
    {
        let ids = (1...400).map { "c\($0)" }
        try await withLetters(ids) { letters in
            let replay = try Program(
                ["dead-letters", "replay", "--all", "--force"], environment: letters.environment)
            try await replay.prints("replayed c20 ")
            replay.signal(SIGKILL)
            _ = try await replay.ended()
            #expect(try await letters.run("replay", "--all", "--force").code == 0)
            let commands = try await letters.taken(from: "\(letters.prefix).commands")
            #expect(Set(commands.compactMap(\.properties.messageID)) == Set(ids.map { "\($0)/replay-1" }))
            #expect(try await letters.ids() == [])
        }
    }
}
