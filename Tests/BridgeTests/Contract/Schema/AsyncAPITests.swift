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

    @Test func `what the contract promises for later is there already`() {
        let channels = document["channels"]
        let words = { (channel: String, parameter: String) -> [String] in
            (channels?[channel]?["parameters"]?[parameter]?["enum"]?.elements).map {
                $0.compactMap(\.string)
            } ?? []
        }
        #expect(words("sessionEvents", "sessionEvent").contains("Resynced"))
        #expect(value(at: "#/components/messages/SessionResynced") != nil)
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
