import AMQP
import GWS
import RawJSON
import TestSupport
import Testing

@testable import Bridge

/// The schemas and the decoder say the same of a command.
struct CommandSchemaTests {
    private let validator = SchemaValidator(schema: Array(Schema.command.pretty.utf8))
    private let rows = OperationCatalogue.all

    /// The commands that the decoder rejects or the schema of their row complains of, contrary to what is expected.
    private func disagreements(
        on commands: [(operation: OperationDefinition, body: [UInt8])], areRight: Bool
    ) async throws -> [String] {
        let complaints = try await validator.complaints(
            about: commands.map { ("/$defs/\($0.operation.name)", $0.body) })
        let decoder = CommandDecoder(agents: ["5001"])
        return zip(commands, complaints).compactMap { command, complaint in
            let isTaken = (try? decoder.decode(command.body, routingKey: "", userID: nil).1.get()) != nil
            guard isTaken != areRight || complaint.isEmpty != areRight else { return nil }
            return
                "\(String(decoding: command.body, as: UTF8.self)) decoder: \(isTaken), schema: \(complaint)"
        }
    }

    @Test func `the schema of the headers and the bridge say the same of them`() async throws {
        let document = SchemaValidator(schema: Array(AsyncAPI(prefix: "gws").document.pretty.utf8))
        let headers: [FieldTable] = [
            [:], ["gws-reply": "final"], ["gws-reply": "accepted"], ["gws-reply": "both"],
            ["gws-reply": "never"],
            ["gws-reply": 1], ["gws-deadline": 5], ["gws-deadline": "soon"], ["gws-confirm-within": 1],
            ["gws-confirm-within": 900_000], ["gws-confirm-within": 900_001], ["gws-confirm-within": 0],
            ["gws-confirm-within": "5s"], ["mine": "x"],
        ]
        let complaints = try await document.complaints(
            about: headers.map { ("/components/schemas/CommandHeaders", try $0.json) })
        let isTaken = headers.map { Envelope.rejection(of: Properties(headers: $0)) == nil }
        #expect(complaints.map(\.isEmpty) == isTaken)
        #expect(isTaken.count { $0 } == 8)
    }

    @Test func `what the documentation of GWS prints is as the schema says`() async throws {
        let commands = DocumentedCommands.all
        #expect(try await validator.complaints(about: commands).filter { !$0.isEmpty } == [])
        let names = try commands.map { try RawJSON($0)["operationName"]?.string ?? "" }
        #expect(Set(names) == Set(rows.map(\.name)))
    }

    @Test func `a right command is right for both, with all its parameters and with the required ones`()
        async throws
    {
        let whole = rows.map { ($0, $0.sampleCommand()) }
        let bare = rows.map { row in
            let optional = row.parameters.filter { !$0.isRequired }.map { ($0.name, String?.none) }
            return (row, row.sampleCommand(Dictionary(uniqueKeysWithValues: optional)))
        }
        let more = rows.map { ($0, $0.sampleCommand(["more": "[1.50]"])) }
        #expect(try await disagreements(on: whole + bare + more, areRight: true) == [])
    }

    @Test func `an example is a right command`() async throws {
        let examples = rows.map { row in
            (row, Array(JSONDocument.object(Schema.example(of: row)).pretty.utf8))
        }
        #expect(try await disagreements(on: examples, areRight: true) == [])
    }

    @Test func `a wrong parameter is wrong for both`() async throws {
        let commands = rows.flatMap { row in
            row.parameters.flatMap { parameter in
                parameter.kind.wrongValues(parameter.name).map { value, _ in
                    (row, row.sampleCommand([parameter.name: value]))
                }
            }
        }
        #expect(commands.count > 100)
        #expect(try await disagreements(on: commands, areRight: false) == [])
    }

    @Test func `an operation that goes through unchecked may have whatever parameters`() async throws {
        let schema = Schema.command(allowed: ["Dial", "Levitate"])
        let validator = SchemaValidator(schema: Array(schema.pretty.utf8))
        #expect(try await validator.complaintAboutSchema() == "")
        let right = [
            #"{"operationName":"Dial","destination":7}"#, #"{"operationName":"Levitate","height":2}"#,
            #"{"operationName":"Levitate","callId":"c"}"#,
        ]
        let wrong = [#"{"operationName":"Levitate","callId":7}"#, #"{"operationName":"Fly"}"#]
        let complaints = try await validator.complaints(about: (right + wrong).map { Array($0.utf8) })
        #expect(complaints.map(\.isEmpty) == [true, true, true, false, false])
    }

    @Test func `a missing parameter is wrong for both`() async throws {
        let commands = rows.flatMap { row in
            row.parameters.filter(\.isRequired).map { (row, row.sampleCommand([$0.name: nil])) }
        }
        #expect(commands.count > 10)
        #expect(try await disagreements(on: commands, areRight: false) == [])
    }

    @Test func `a call's id may stand in place of its URI, and not beside it`() async throws {
        let parameters = rows.flatMap { row in row.parameters.map { (row, $0) } }
            .compactMap { row, parameter in parameter.idName.map { (row, parameter.name, $0) } }
        #expect(parameters.count == 3)
        let right = parameters.map { row, uri, id in (row, row.sampleCommand([uri: nil, id: #""00RV""#])) }
        #expect(try await disagreements(on: right, areRight: true) == [])
        let long = "\"\(String(repeating: "x", count: 201))\""
        let wrong = parameters.flatMap { row, uri, id in
            [row.sampleCommand([id: #""00RV""#])]
                + [#""""#, "7", "null", #"".""#, #""..""#, long].map {
                    row.sampleCommand([uri: nil, id: $0])
                }
        }
        let rows = parameters.flatMap { row, _, _ in Array(repeating: row, count: 7) }
        #expect(try await disagreements(on: Array(zip(rows, wrong)), areRight: false) == [])
    }

    @Test func `a wrong address is wrong for both`() async throws {
        let long = "\"\(String(repeating: "x", count: 201))\""
        let commands = rows.flatMap { row in
            ["agent", "callId", "deviceId", "operationName"].flatMap { name in
                ["7", "null", #""""#, "{}"].map { (row, row.sampleCommand([name: $0])) }
            } + ["callId", "deviceId"].map { (row, row.sampleCommand([$0: long])) }
        }
        #expect(try await disagreements(on: commands, areRight: false) == [])
    }

    @Test func `an id that would be another path is wrong for both`() async throws {
        let commands = rows.compactMap { row -> (OperationDefinition, [UInt8])? in
            switch row.target {
            case .call: (row, row.sampleCommand(["callId": #""..""#]))
            case .device: (row, row.sampleCommand(["deviceId": #"".""#]))
            case .voiceChannel, .session: nil
            }
        }
        #expect(try await disagreements(on: commands, areRight: false) == [])
    }

    @Test func `a call operation needs a call, and a device may be found out`() async throws {
        let calls = rows.filter { $0.target == .call }.map { ($0, $0.sampleCommand(["callId": nil])) }
        #expect(try await disagreements(on: calls, areRight: false) == [])
        let devices = rows.filter { $0.target == .device }.map { ($0, $0.sampleCommand(["deviceId": nil])) }
        #expect(try await disagreements(on: devices, areRight: true) == [])
    }

    @Test func `a command of no row is wrong`() async throws {
        let complaints = try await validator.complaints(about: [
            Array(#"{"agent":"5001","callId":"c","operationName":"Juggle"}"#.utf8),
            Array(#"{"agent":"5001","callId":"c"}"#.utf8), Array("[]".utf8),
        ])
        #expect(complaints.allSatisfy { !$0.isEmpty })
    }
}
