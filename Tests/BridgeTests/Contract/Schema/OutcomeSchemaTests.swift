import AMQP
import TestSupport
import Testing

@testable import Bridge

/// What the schema says of outcomes, and what the bridge sends.
struct OutcomeSchemaTests {
    private let outcomes: SchemaValidator
    private let strictOutcomes: SchemaValidator

    init() throws {
        let schema = Array(Schema.outcome.pretty.utf8)
        outcomes = SchemaValidator(schema: schema)
        strictOutcomes = SchemaValidator(schema: try StrictSchema.of(schema))
    }

    // MARK: - What is sent

    @Test func `whatever becomes of a command is as the schema says`() async throws {
        let addresses = [
            Address(), Address(agent: "5001", callID: "c", deviceID: "d", operationName: "Hold"),
        ]
        let bodies = addresses.flatMap { address in
            Verdict.samples.map {
                Reply(to: .sample(address: address), $0, names: .sample, at: 0).toOutcomes().body
            }
        }
        for validator in [outcomes, strictOutcomes] {
            #expect(try await validator.complaints(about: bodies).filter { !$0.isEmpty } == [])
        }
    }

    @Test func `outcomes and reasons are those of the contract`() {
        let words: [(String, Set<String>)] = [
            ("accepted", []), ("confirmed", []), ("unconfirmed", ["no-change", "superseded", "call-ended"]),
            ("refused", ["gws", "partial", "not-authenticated", "error-message"]),
            (
                "rejected",
                [
                    "malformed", "too-large", "unknown-operation", "missing-parameter", "invalid-parameter",
                    "not-permitted", "agent-unknown",
                ]
            ), ("expired", ["deadline", "lifetime", "queue-ttl"]),
            ("unreachable", ["connect", "unavailable", "throttled", "no-session"]),
            ("unknown", ["timed-out", "cut", "gws-error", "redelivered", "delivery-limit"]),
        ]
        #expect(ContractWords.outcomes.map(\.name) == words.map(\.0))
        #expect(ContractWords.outcomes.map { Set($0.reasons) } == words.map(\.1))
    }

    // MARK: - What is not

    private static let head = #"{"commandId":"c","attempts":1,"#
    private static let ended = #""final":true,"finishedAfterMs":2"#
    private static let seen = #""confirmedBy":{"by":"reading"}"#

    private func complaints(about members: [String]) async throws -> [Bool] {
        try await outcomes.complaints(about: members.map { Array("\(Self.head)\($0)}".utf8) }).map {
            !$0.isEmpty
        }
    }

    @Test func `what is no outcome is not as the schema says`() async throws {
        let right = #"{"commandId":"c","outcome":"refused","reason":"gws","attempts":1,\#(Self.ended)}"#
        let wrong = [
            right.replacing("refused", with: "doubted"), right.replacing(#""gws""#, with: #""malformed""#),
            right.replacing(#""reason":"gws","#, with: ""), right.replacing("refused", with: "accepted"),
            right.replacing("true", with: "7"), right.replacing(#""attempts""#, with: #""tries""#),
            right.replacing(":1,", with: #":"1","#),
        ]
        let complaints = try await outcomes.complaints(about: ([right] + wrong).map { Array($0.utf8) })
        #expect(complaints.map(\.isEmpty) == [true] + wrong.map { _ in false })
    }

    @Test func `only what is final says when it ended, and all that is does`() async throws {
        let wrong = [
            #""outcome":"accepted","final":false,"finishedAfterMs":2"#,
            #""outcome":"accepted","final":true"#,
            #""outcome":"refused","reason":"gws","final":false"#,
            #""outcome":"confirmed","final":false,\#(Self.seen)"#,
        ]
        #expect(try await complaints(about: wrong) == wrong.map { _ in true })
    }

    @Test func `what confirmed it goes with confirmed, and only with that`() async throws {
        let wrong = [
            #""outcome":"confirmed",\#(Self.ended)"#,
            #""outcome":"accepted",\#(Self.ended),\#(Self.seen)"#,
            #""outcome":"unconfirmed","reason":"no-change",\#(Self.ended),\#(Self.seen)"#,
            #""outcome":"unconfirmed","reason":"no-change",\#(Self.ended),"already":true"#,
            #""outcome":"confirmed","reason":"no-change",\#(Self.ended),\#(Self.seen)"#,
            #""outcome":"confirmed",\#(Self.ended),\#(Self.seen),"lastSeen":{}"#,
            #""outcome":"confirmed",\#(Self.ended),"confirmedBy":{"by":"guessing"}"#,
            #""outcome":"confirmed",\#(Self.ended),"confirmedBy":{"by":"event"}"#,
            #""outcome":"confirmed",\#(Self.ended),"confirmedBy":{"by":"reading","messageId":"m"}"#,
        ]
        #expect(try await complaints(about: wrong) == wrong.map { _ in true })
    }

    @Test func `what a later version of the bridge adds is as the schema says, and not sent yet`()
        async throws
    {
        let later = [
            #""outcome":"accepted","final":false,"acceptedAfterMs":2,"more":1"#,
            #""outcome":"confirmed",\#(Self.ended),"confirmedBy":{"by":"reading","more":1}"#,
            #""outcome":"unknown","reason":"cut",\#(Self.ended),"lastSeen":{"more":1}"#,
        ]
        #expect(try await complaints(about: later) == later.map { _ in false })
        let bodies = later.map { Array("\(Self.head)\($0)}".utf8) }
        #expect(try await strictOutcomes.complaints(about: bodies).allSatisfy { !$0.isEmpty })
    }
}
