import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// The subcommands against a real broker, a simulated GWS and the bridge, each a process.
@Suite struct SendAndTailTests {
    @Test func `a command is sent, answered, and seen by a tail`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            // Not all of the call's: that it was answered may be told only now.
            let tail = try await running.tail(
                "call.\(call).*.*", "*.\(call).CallRecordingStateChange", "--outcomes", "--count", "3",
                "--json")
            let sent = try await running.send("StartCallRecording", "--agent", "5001", "--call", call)
            #expect(sent.code == 0)
            #expect(sent.output.hasPrefix("confirmed StartCallRecording call \(call) of 5001 ("))
            let told = try await tail.ended()
            #expect(told.code == 0)
            let lines = try told.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let keys = Set(lines.compactMap { $0["routingKey"] as? String })
            #expect(
                keys == [
                    "call.\(call).CallRecordingStateChange", "call.\(call).StartCallRecording.accepted",
                    "call.\(call).StartCallRecording.confirmed",
                ])
            #expect(
                lines.allSatisfy {
                    Set($0.keys) == ["exchange", "routingKey", "headers", "properties", "body"]
                })
        }
    }

    @Test func `the exit code of send says what the command came to`() async throws {
        try await withBridge { running in
            let refused = try await running.send("Hold", "--call", "NOT-THERE")
            #expect(refused.code == 2)
            #expect(refused.output.hasPrefix("refused Hold call NOT-THERE of 5001"))

            let rejected = try await running.send("NoSuchOperation", "--call", "NOT-THERE")
            #expect(rejected.code == 2)
            #expect(rejected.output.contains("unknown-operation"))

            let json = try await running.send("Hold", "--call", "NOT-THERE", "--raw")
            #expect(json.output.hasPrefix("{") && json.output.contains("\"outcome\":\"refused\""))
        }
    }

    @Test func `send says as whom it is sent, where permissions may want that, unless told not to`()
        async throws
    {
        let rules = "permissions: {default: deny, rules: [{user: guest, operations: Hold, agents: \"*\"}]}"
        try await withBridge(configuration: rules) { running in
            let permitted = try await running.send("Hold", "--call", "NOT-THERE")
            #expect(permitted.output.hasPrefix("refused Hold"))
            for arguments in [["Hangup"], ["Hold", "--anonymous"]] {
                let forbidden = try await running.send(arguments + ["--call", "NOT-THERE"])
                #expect(forbidden.code == 2)
                #expect(forbidden.output.contains("not-permitted: No rule permits"))
            }
        }
    }

    @Test func `a command without a bridge is an error that says so`() async throws {
        let broker = try await PrivateBroker.shared
        let ended = try await Program.run(
            "send", "Hold", "--agent", "5001", "--call", "A",
            environment: ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": uniqueName("nobody")])
        #expect(ended.code == 69)
        #expect(ended.error.contains("is not there. Is the bridge running"))
    }

    @Test func `a command that no queue takes comes back`() async throws {
        let broker = try await PrivateBroker.shared
        let prefix = uniqueName("unbound")
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "\(prefix).commands", kind: .topic))
        }
        let ended = try await Program.run(
            "send", "Hold", "--agent", "5001", "--call", "A",
            environment: ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": prefix])
        #expect(ended.code == 69)
        #expect(ended.error.contains("could not route the command"))
    }

    @Test func `no reply in time is 4`() async throws {
        let broker = try await PrivateBroker.shared
        let prefix = uniqueName("silent")
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "\(prefix).commands", kind: .topic))
            _ = try await link.declare(Queue(name: "\(prefix).commands"))
            try await link.bind(
                Binding(
                    source: "\(prefix).commands", destination: .queue("\(prefix).commands"), routingKey: "#"))
        }
        let ended = try await Program.run(
            "send", "Hold", "--agent", "a.b", "--call", "A", "--timeout", "300ms",
            environment: ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": prefix])
        #expect(ended.code == 4)
        #expect(ended.error.contains("no reply within 300ms"))
        // What was sent is a command as the contract has it.
        try await withLink(to: broker) { link in
            let delivery = try await link.get("\(prefix).commands")
            let message = try #require(delivery?.message)
            #expect(message.routingKey == "command.a%2Eb.Hold")
            #expect(message.body == Array(#"{"agent":"a.b","callId":"A","operationName":"Hold"}"#.utf8))
            #expect(message.properties.messageID != nil)
            #expect(message.properties.replyTo?.hasPrefix("amq.rabbitmq.reply-to") == true)
            #expect(message.properties.deliveryMode == 2)
            #expect(message.properties.userID == "guest")
            #expect(message.properties.headers["gws-reply"] == "final")
            #expect(message.properties.headers["gws-confirm-within"] == 150)
            let deadline = try #require(message.properties.headers["gws-deadline"]?.int)
            #expect(deadline < Int64(Date.now.timeIntervalSince1970 * 1000))
            #expect(message.properties.expiration == "30120")
        }
    }

    @Test func `what was given up is not carried out by a bridge that comes later`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            running.bridge.signal(SIGTERM)
            _ = try await running.bridge.ended()
            let sent = try await running.send("Hold", "--call", call, "--timeout", "1s")
            #expect(sent.code == 4)
            #expect(sent.error.contains("no reply within 1s; what GWS has not got by now, it will not get"))
            let before = await running.simulator.requests().filter { $0.body.contains("Hold") }.count
            let tail = try await running.tail("call.\(call).Hold.*", "--outcomes", "--count", "1", "--json")
            let bridge = try Program("run", environment: running.environment)
            let told = try await tail.ended()
            #expect(told.output.contains(#""outcome":"expired""#))
            #expect(told.output.contains(#""reason":"deadline""#))
            #expect(await running.simulator.requests().filter { $0.body.contains("Hold") }.count == before)
            bridge.signal(SIGTERM)
            _ = try await bridge.ended()
        }
    }

    @Test(arguments: [
        ["--timeout", "0s"], ["--timeout", "soon"], ["--timeout", "2d"], ["--agent", ""],
    ])
    func `what makes no sense is wrong usage`(arguments: [String]) async throws {
        for command in [["send", "Ready"], ["call"]] {
            let ended = try await Program(command + arguments, environment: [:]).ended()
            #expect(ended.code == 64)
            #expect(ended.error.contains(arguments[0]))
        }
    }

    @Test func `an operation in the wrong case is asked back`() async throws {
        let broker = try await PrivateBroker.shared
        var environment = ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": uniqueName("nobody")]
        let ended = try await Program.run("send", "dial", environment: environment)
        #expect(ended.code == 64)
        #expect(ended.error.contains(#"did you mean "Dial"?"#))
        environment["GWS_BRIDGE_OPERATIONS_ALLOW_UNKNOWN"] = "dial"
        #expect(try await Program.run("send", "dial", environment: environment).code == 69)
    }

    @Test func `a broker that is not there is 69, a wrong password 77`() async throws {
        let broker = try await PrivateBroker.shared
        let nobody = try await Program.run(
            "send", "Hold", "--agent", "a",
            environment: ["GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:\(try FreePort.next())"])
        #expect(nobody.code == 69)
        let url = "amqp://guest:wrong@127.0.0.1:\(broker.port)"
        for command in [["send", "Hold", "--agent", "a"], ["tail"]] {
            let ended = try await Program(command, environment: ["GWS_BRIDGE_AMQP_URL": url]).ended()
            #expect(ended.code == 77)
            #expect(ended.error.split(separator: "\n").count == 1)
            #expect(!ended.error.contains("wrong"))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a tail ends cleanly when told to`(signal: Int32) async throws {
        let broker = try await PrivateBroker.shared
        let prefix = uniqueName("tail")
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "\(prefix).events", kind: .topic))
        }
        let tail = try Program(
            "tail", environment: ["GWS_BRIDGE_AMQP_URL": broker.url, "GWS_BRIDGE_PREFIX": prefix])
        try await tail.prints("following \(prefix).events")
        tail.signal(signal)
        #expect(try await tail.ended(within: .seconds(5)).code == 0)
    }

    @Test func `a tail waits for the exchange, and follows again when the broker comes back`() async throws {
        let broker = try await PrivateBroker.start()
        let tail = try Program("tail", "--count", "1", environment: ["GWS_BRIDGE_AMQP_URL": broker.url])
        try await tail.prints("not there yet")
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "gws.events", kind: .topic))
        }
        try await tail.prints("following gws.events")
        try await broker.kill()
        try await tail.prints("lost")
        try await broker.start()
        // Killed that soon, the broker may have forgotten it.
        try await withLink(to: broker) { link in
            try await link.declare(Exchange(name: "gws.events", kind: .topic))
        }
        try await tail.prints("following again; what came meanwhile was missed", within: .seconds(60))
        try await withLink(to: broker) { link in
            let event = AMQPMessage(
                exchange: "gws.events", routingKey: "call.1.StatusChange", body: Array("{}".utf8))
            try await eventually(within: .seconds(30), "the tail ends after an event") {
                _ = await link.publish(event)
                return tail.hasEnded
            }
        }
        let ended = try await tail.ended()
        #expect(ended.code == 0)
        #expect(ended.output.contains("call.1.StatusChange"))
    }

    @Test func `a bridge whose broker refuses it exits with its own code`() async throws {
        let broker = try await PrivateBroker.shared
        let rest = [
            "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:1", "GWS_BRIDGE_AGENT": "a",
            "GWS_BRIDGE_AGENT_PASSWORD": "p",
            "GWS_BRIDGE_CONSOLE_PORT": "0",
        ]
        for (url, code) in [
            ("amqp://guest:wrong@127.0.0.1:\(broker.port)", 77), ("\(broker.url)/no-such-vhost", 78),
        ] as [(String, Int32)] {
            let ended = try await Program.run(
                "run", environment: rest.merging(["GWS_BRIDGE_AMQP_URL": url]) { $1 })
            #expect(ended.code == code)
            #expect(ended.error.split(separator: "\n").filter { $0.contains(" critical ") }.count == 1)
        }
    }
}
