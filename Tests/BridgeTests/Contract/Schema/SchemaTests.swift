import AMQP
import GWS
import RawJSON
import TestSupport
import Testing

@testable import Bridge

/// Schemas as such, and what they say of session events.
struct SchemaTests {
    private static let documents: [(name: String, schema: JSONDocument)] = [
        ("command", Schema.command), ("outcome", Schema.outcome), ("session-event", Schema.sessionEvent),
        ("SwapCalls", OperationCatalogue.named("SwapCalls").map(Schema.command) ?? .null),
    ]

    @Test(arguments: documents.map(\.name))
    func `a schema is one of 2020-12, and says what it is of`(name: String) async throws {
        let schema = try #require(Self.documents.first { $0.name == name }?.schema)
        #expect(try await SchemaValidator(schema: Array(schema.pretty.utf8)).complaintAboutSchema() == "")
        let document = try RawJSON(Array(schema.pretty.utf8))
        #expect(document["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(document["$id"]?.string?.hasPrefix("urn:gws-bridge:contract-1:") == true)
        for member in ["title", "description"] { #expect(document[member]?.string?.isEmpty == false) }
    }

    @Test func `every operation has a schema of its own`() throws {
        for operation in OperationCatalogue.all {
            let schema = try RawJSON(Array(Schema.command(operation).pretty.utf8))
            #expect(schema["$id"]?.string == "urn:gws-bridge:contract-1:command:\(operation.name)")
            #expect(schema["properties"]?["operationName"]?["const"]?.string == operation.name)
            for parameter in operation.parameters {
                let member = schema["properties"]?[parameter.name]
                #expect(
                    member?["description"]?.string?.isEmpty == false, "\(operation.name) \(parameter.name)")
                #expect(member?["examples"]?.elements.contains { _ in true } == true)
            }
        }
    }

    // MARK: - Session events

    private func message(_ what: SessionMessage.What) -> AMQPMessage {
        SessionMessage(
            agent: "5001", what: what, place: Continuity.Place(epoch: "e2", sequence: 3, callSequence: nil),
            at: 1_769_554_688_150
        ).message(names: .sample)
    }

    private var sessionMessages: [AMQPMessage] {
        var all: [SessionMessage.What] = [
            .started(previousEpoch: nil, instance: "i"), .started(previousEpoch: "e1", instance: "i"),
        ]
        for reason in SessionMessage.GapReason.allCases {
            all.append(.gap(previousEpoch: nil, lastSequence: nil, from: nil, to: 0, reason: reason))
            all.append(.gap(previousEpoch: "e1", lastSequence: 0, from: 0, to: 1, reason: reason))
        }
        all += [
            .resynced(calls: [], devices: [], published: 0),
            .resynced(calls: ["c", "\"\n"], devices: ["d"], published: 3),
        ]
        all += SessionMessage.EndReason.allCases.map { .ended(lastSequence: 2, reason: $0) }
        return all.map(message)
    }

    @Test func `what is said of a session is as the schema says`() async throws {
        let schema = Array(Schema.sessionEvent.pretty.utf8)
        for schema in [schema, try StrictSchema.of(schema)] {
            let complaints = try await SchemaValidator(schema: schema).complaints(
                about: sessionMessages.map(\.body))
            #expect(complaints.filter { !$0.isEmpty } == [])
        }
    }

    @Test func `what is said of a session later is as the schema says`() async throws {
        let validator = SchemaValidator(schema: Array(Schema.sessionEvent.pretty.utf8))
        let at = #""at":"2026-01-27T22:58:08.150Z""#
        let later = [
            #"{"agent":"5001","epoch":"e",\#(at),"calls":["c"],"devices":["d"],"published":1,"more":{}}"#,
            #"{"agent":"5001","epoch":"e","to":"2026-01-27T22:58:08.150Z","reason":"spool-full"}"#,
            #"{"agent":"5001","epoch":"e","lastSequence":1,\#(at),"reason":"not-active","more":1}"#,
        ]
        let complaints = try await validator.complaints(about: later.map { Array($0.utf8) })
        #expect(complaints.filter { !$0.isEmpty } == [])
    }

    @Test func `what says nothing of a session is not as the schema says`() async throws {
        let validator = SchemaValidator(schema: Array(Schema.sessionEvent.pretty.utf8))
        let wrong = [
            "{}", #"{"agent":"5001","epoch":"e"}"#,
            #"{"agent":"5001","epoch":"e","lastSequence":1,"at":"2026-01-27T22:58:08.150Z","reason":"bored"}"#,
            #"{"agent":"5001","epoch":"e","at":"2026-01-27T22:58:08.150Z","calls":["c"],"devices":[7],"published":1}"#,
            #"{"agent":"5001","epoch":"e","at":"2026-01-27T22:58:08.150Z","devices":[],"published":1}"#,
            #"{"agent":"5001","epoch":"e","lastSequence":1,"at":"yesterday","reason":"stopped"}"#,
        ]
        let complaints = try await validator.complaints(about: wrong.map { Array($0.utf8) })
        #expect(complaints.allSatisfy { !$0.isEmpty })
    }

    @Test func `a session event is as the AsyncAPI document says`() async throws {
        let validator = SchemaValidator(
            schema: try StrictSchema.of(Array(AsyncAPI(prefix: "gws").document.pretty.utf8)))
        let claims = try sessionMessages.flatMap { try $0.claims(prefix: "gws") }
        #expect(claims.count == sessionMessages.count * 2)
        #expect(try await validator.complaints(about: claims).filter { !$0.isEmpty } == [])
    }
}
