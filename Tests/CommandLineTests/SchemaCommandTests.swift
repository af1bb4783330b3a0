import GWS
import RawJSON
import TestSupport
import Testing

@testable import gws_bridge

struct SchemaCommandTests {
    private func document(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> RawJSON {
        let ended = try await Program(["schema"] + arguments, environment: environment).ended()
        #expect(ended.code == 0)
        #expect(ended.error == "")
        return try RawJSON(Array(ended.output.utf8))
    }

    @Test(arguments: [
        (["command"], "command"), (["command", "Dial"], "command:Dial"), (["outcome"], "outcome"),
        (["session-event"], "session-event"),
    ])
    func `a schema is one JSON document`(arguments: [String], id: String) async throws {
        let ended = try await Program(["schema"] + arguments, environment: [:]).ended()
        #expect(ended.code == 0)
        #expect(try RawJSON(Array(ended.output.utf8))["$id"]?.string == "urn:gws-bridge:contract-1:\(id)")
    }

    @Test func `the AsyncAPI document is made for a prefix: the one given, the configured one, or gws`()
        async throws
    {
        let configured = ["GWS_BRIDGE_PREFIX": "telephony"]
        let documents = [
            try await document("asyncapi"),
            try await document("asyncapi", environment: configured),
            try await document("asyncapi", "--prefix", "test", environment: configured),
        ]
        let queues = documents.map { $0["channels"]?["commandQueue"]?["address"]?.string }
        #expect(queues == ["gws.commands", "telephony.commands", "test.commands"])
    }

    @Test func `the virtual host is the one given, the configured one, or that of every broker`() async throws
    {
        let configured = ["GWS_BRIDGE_AMQP_URL": "amqp://u:p@broker/calls"]
        let documents = [
            try await document("asyncapi"), try await document("asyncapi", environment: configured),
            try await document("asyncapi", "--vhost", "test", environment: configured),
        ]
        let hosts = documents.map {
            $0["channels"]?["commands"]?["bindings"]?["amqp"]?["exchange"]?["vhost"]?.string
        }
        #expect(hosts == ["/", "calls", "test"])
    }

    @Test func `what is wrong elsewhere in the configuration does not matter`() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            "prefix: telephony\ngws: 7\namqp: {heartbeat: never, url: \"amqp://h/calls\"}\nunheard-of: 1\n",
            to: "bridge.yaml")
        let document = try await document(
            "asyncapi", "--config", file, environment: ["GWS_BRIDGE_GWS_URL": "x", "GWS_BRIDGE_X": "1"])
        #expect(document["channels"]?["commandQueue"]?["address"]?.string == "telephony.commands")
        let binding = document["channels"]?["commandQueue"]?["bindings"]?["amqp"]?["queue"]
        #expect(binding?["vhost"]?.string == "calls")
    }

    @Test func `operations that are configured to go through unchecked are described`() async throws {
        let allowed = ["GWS_BRIDGE_OPERATIONS_ALLOW_UNKNOWN": "Levitate,Dial"]
        let one = try await document("command", "Levitate", environment: allowed)
        #expect(one["properties"]?["operationName"]?["const"]?.string == "Levitate")
        let all = try await document("command", environment: allowed)
        #expect(all["$defs"]?["Levitate"] != nil)
        #expect(all["$defs"]?["Dial"]?["properties"]?["destination"] == nil)
        let asyncAPI = try await document("asyncapi", environment: allowed)
        #expect(asyncAPI["components"]?["messages"]?["Levitate"] != nil)
    }

    @Test func `a prefix that none can have is wrong usage`() async throws {
        let ended = try await Program.run("schema", "asyncapi", "--prefix", "a b")
        #expect(ended.code == 64)
        #expect(ended.error.hasPrefix("gws-bridge: --prefix: \"a b\" must be"))
    }

    @Test func `an operation that there is not is wrong usage, with what may have been meant`() async throws {
        let ended = try await Program.run("schema", "command", "StartRecording")
        #expect(ended.code == 64)
        #expect(ended.output == "")
        #expect(
            ended.error
                == "gws-bridge: there is no operation \"StartRecording\"; did you mean \"StartCallRecording\"?\n"
        )
    }

    @Test func `the shell completes the operations wherever one is named`() async throws {
        let ended = try await Program.run("--generate-completion-script", "bash")
        #expect(ended.code == 0)
        let names = OperationCatalogue.all.map(\.name)
        let lists = ended.output.split(separator: "\n").filter { line in
            names.allSatisfy { line.contains("'\($0)'") }
        }
        // send, schema command, and --operation of dead-letters list, replay and drop.
        #expect(lists.count == 5)
    }
}
