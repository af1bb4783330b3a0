import GWS
import Testing

@testable import Bridge

/// Every operation of the catalogue, with what it needs and with what it must not have.
struct OperationCheckingTests {
    private func decode(_ body: [UInt8]) -> Result<Command, Rejection> {
        CommandDecoder(agents: ["5001"]).decode(body, routingKey: "", userID: nil).1
    }

    private func rejection(_ body: [UInt8]) throws -> Rejection {
        try #require(throws: Rejection.self) { try decode(body).get() }
    }

    @Test(arguments: OperationCatalogue.all)
    func `an operation is taken with all its parameters, and with none but the required ones`(
        operation: OperationDefinition
    ) throws {
        let command = try decode(operation.sampleCommand()).get()
        #expect(command.operation.name == operation.name)
        #expect(command.isRepeatable == operation.isRepeatable)
        let optional = operation.parameters.filter { !$0.isRequired }
        let bare = operation.sampleCommand(Dictionary(uniqueKeysWithValues: optional.map { ($0.name, nil) }))
        #expect(throws: Never.self) { try decode(bare).get() }
    }

    @Test(arguments: OperationCatalogue.all)
    func `what the catalogue does not name is passed on`(operation: OperationDefinition) throws {
        let body = operation.sampleCommand(["more": "[1.50]"])
        let request = try decode(body).get().operation.request()
        #expect(String(decoding: request.body, as: UTF8.self).contains(#""more":[1.50]"#))
    }

    @Test(arguments: OperationCatalogue.all)
    func `an operation without a required parameter is rejected`(operation: OperationDefinition) throws {
        for parameter in operation.parameters where parameter.isRequired {
            let rejection = try rejection(operation.sampleCommand([parameter.name: nil]))
            #expect(rejection.reason == "missing-parameter")
            #expect(rejection.field == "/\(parameter.name)")
        }
    }

    @Test(arguments: OperationCatalogue.all)
    func `an operation with a wrong parameter is rejected`(operation: OperationDefinition) throws {
        for parameter in operation.parameters {
            for (value, field) in parameter.kind.wrongValues(parameter.name) {
                let rejection = try rejection(operation.sampleCommand([parameter.name: value]))
                #expect(rejection.reason == "invalid-parameter", "\(parameter.name): \(value)")
                #expect(rejection.field == field, "\(parameter.name): \(value)")
            }
        }
    }

    @Test(arguments: [
        ("CompleteTransfer", "consultCallId", "consultCallUri"),
        ("CompleteConference", "consultCallId", "consultCallUri"),
        ("SwapCalls", "otherCallId", "otherCallUri"),
    ])
    func `another call may be named by its id, and GWS gets its URI`(name: String, id: String, uri: String)
        throws
    {
        let operation = try #require(OperationCatalogue.named(name))
        let command = try decode(operation.sampleCommand([uri: nil, id: #""a/b""#])).get()
        #expect(command.operation.callWhoseAPIURLIsNeeded == "00RV")
        let body = try command.operation.request(apiURL: "https://gws/api/v2").body
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"operationName":"\#(name)","\#(uri)":"https://gws/api/v2/me/calls/a%2Fb"}"#)
    }

    @Test(arguments: ["7", "null", #""""#, #""..""#, "\"\(String(repeating: "x", count: 201))\""])
    func `an id of another call must be one`(id: String) throws {
        let operation = try #require(OperationCatalogue.named("SwapCalls"))
        let rejection = try rejection(operation.sampleCommand(["otherCallUri": nil, "otherCallId": id]))
        #expect(rejection.reason == "invalid-parameter")
        #expect(rejection.field == "/otherCallId")
    }

    @Test func `an id beside the URI is rejected, whatever they say`() throws {
        let operation = try #require(OperationCatalogue.named("SwapCalls"))
        let rejection = try rejection(operation.sampleCommand(["otherCallId": #""c""#]))
        #expect(rejection.reason == "invalid-parameter")
        #expect(rejection.field == "/otherCallId")
    }

    @Test(arguments: OperationCatalogue.all.filter { $0.target == .device })
    func `a device that is not named has to be found out`(operation: OperationDefinition) throws {
        let body = operation.sampleCommand(["deviceId": nil])
        let command = try decode(body).get()
        var draft = command.operation
        #expect(draft.lacksDevice)
        draft.deviceID = "d"
        #expect(throws: Never.self) { try draft.request() }
        // Named or not, it must not overtake what came before it.
        #expect(try command.lane == decode(operation.sampleCommand()).get().lane)
    }
}

extension OperationParameter.Kind {
    /// JSON that is not of the kind, and the field that is complained of.
    func wrongValues(_ name: String) -> [(String, String)] {
        let texts = [#""""#, "7", "null", "true", "{}", "[]"]
        let values: [String] =
            switch self {
            case .string: texts
            case .digits: texts + [#""12a""#, #""*""#, #""12\n""#, #""１""#]
            case .oneOf: texts + [#""Never""#]
            case .uri:
                texts + [#""5001""#, #""ftp://gws/x""#, #""http://""#, #""http://a b""#, #""http://a\n""#]
            case .object: [#""text""#, "7", "null", "true", "[]"]
            case .destination: [#""5002""#, "7", "null", "true", "[]"]
            case .strings: [#""voice""#, "7", "null", "{}", "[]", #"[""]"#, #"["voice",1]"#]
            }
        var wrong = values.map { ($0, "/\(name)") }
        if self == .destination {
            for value in ["{}", #"{"phoneNumber":5002}"#, #"{"phoneNumber":""}"#, #"{"digits":"5002"}"#] {
                wrong.append((value, "/\(name)/phoneNumber"))
            }
        }
        return wrong
    }
}
