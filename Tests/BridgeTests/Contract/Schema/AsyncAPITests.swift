import GWS
import RawJSON
import TestSupport
import Testing

@testable import Bridge

struct AsyncAPITests {
    private let text = Array(
        AsyncAPI(prefix: "telephony", virtualHost: "calls", allowed: ["Dial", "Do it/now"]).document.pretty
            .utf8)
    private let document: RawJSON

    init() throws {
        document = try RawJSON(text)
    }

    private func value(at pointer: some StringProtocol) -> RawJSON? {
        pointer.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
    }

    private func members(_ name: String) -> [(key: String, value: RawJSON)] {
        document[name]?.members.map { ($0.key, $0.value) } ?? []
    }

    @Test func `the document is built as the specification says`() async throws {
        let validator = SchemaValidator(schema: Array(AsyncAPIStructure.schema.utf8))
        #expect(try await validator.complaintAboutSchema() == "")
        #expect(try await validator.complaints(about: [text]) == [""])
    }

    @Test func `whatever is referred to is there`() throws {
        let references = String(decoding: text, as: UTF8.self).matches(of: /"\$ref": "([^"]*)"/).map(\.1)
        #expect(references.count > 100)
        for reference in references { #expect(value(at: reference) != nil, "\(reference)") }
    }

    @Test func `a channel's address has the channel's parameters`() {
        for (name, channel) in members("channels") {
            let address = channel["address"]?.string ?? ""
            let inAddress = address.matches(of: /\{([^}]*)\}/).map { String($0.1) }
            #expect(inAddress == channel["parameters"]?.members.map(\.key) ?? [], "\(name)")
        }
    }

    @Test func `every channel has an operation, but the replies'`() {
        let used = members("operations").compactMap {
            $0.value["channel"]?["$ref"]?.string?.split(separator: "/").last
        }
        let channels = members("channels").map(\.key)
        #expect(
            Set(used.map(String.init))
                == Set(channels).subtracting(["deadLetterQueue", "replies"]))
    }

    @Test func `exchanges and queues are those that the bridge declares, of the prefix`() {
        let bindings = members("channels").compactMap { $0.value["bindings"]?["amqp"] }
        let exchanges = Set(bindings.compactMap { $0["exchange"]?["name"]?.string })
        #expect(
            exchanges == [
                "telephony.commands", "telephony.events", "telephony.outcomes", "telephony.dead-letters",
            ])
        #expect(bindings.allSatisfy { $0["exchange"]?["type"]?.string ?? "topic" == "topic" })
        let queues = Set(bindings.compactMap { $0["queue"]?["name"]?.string })
        #expect(
            queues == ["telephony.commands", "telephony.commands.undelivered", "telephony.dead-letters"])
        let hosts = bindings.map { ($0["exchange"] ?? $0["queue"])?["vhost"]?.string }
        #expect(Set(hosts) == ["calls"])
    }

    @Test func `every session event is a message and a word of the key`() {
        let words = value(at: "#/channels/sessionEvents/parameters/sessionEvent/enum")?.elements
        #expect(words?.compactMap(\.string) == ["Started", "Gap", "Resynced", "Ended"])
        for kind in SessionMessage.Kind.allCases {
            #expect(value(at: "#/components/messages/Session\(kind.rawValue)") != nil)
        }
    }

    @Test func `what is read again is shown: a call that changed, one that is gone, and the end of it`() {
        let examples =
            value(at: "#/components/messages/CallEvent/examples")?.elements.map { $0["headers"] } ?? []
        #expect(examples.map { $0?["gws-origin"]?.string } == ["resync", "resync"])
        #expect(examples.map { $0?["gws-inferred"]?.bool } == [nil, true])
        let resynced = value(at: "#/components/messages/SessionResynced/examples")?.elements.map {
            $0["payload"]
        }
        #expect(resynced?.first??["published"]?.int == 1)
    }

    @Test func `examples are as the document says`() async throws {
        var claims: [(pointer: String, text: [UInt8])] = []
        for message in try #require(value(at: "#/components/messages")).members {
            for part in message.value["examples"]?.elements.flatMap({ Array($0.members) }) ?? [] {
                claims.append(("/components/messages/\(message.key)/\(part.key)", Array(part.value.bytes)))
            }
        }
        #expect(claims.count > OperationCatalogue.all.count)
        #expect(
            try await SchemaValidator(schema: text).complaints(about: claims).filter { !$0.isEmpty } == [])
    }

    @Test func `an operation that goes through unchecked is a message`() {
        #expect(value(at: "#/components/messages/Dial/payload")?["properties"]?["destination"] == nil)
        let other = value(at: "#/components/messages/Do.20it.2fnow/payload")
        #expect(other?["properties"]?["operationName"]?["const"]?.string == "Do it/now")
    }

    @Test func `an event of a device is shown as one`() {
        let parameter = document["channels"]?["deviceEvents"]?["parameters"]?["messageType"]
        #expect(parameter?["examples"]?.elements.compactMap(\.string) == ["DeviceStateChangeMessage"])
    }

    @Test func `every operation of the catalogue is a message`() {
        for operation in OperationCatalogue.all {
            let payload = value(at: "#/components/messages/\(operation.name)/payload")
            #expect(payload?["properties"]?["operationName"]?["const"]?.string == operation.name)
            #expect(value(at: "#/channels/commands/messages/\(operation.name)") != nil)
        }
    }
}
