import GWS

/// A command that GWS must never see.
struct WrongCommand: Sendable {
    let what: String
    let body: [UInt8]
    let reason: String
    /// A JSON pointer.
    let field: String

    /// Each parameter of the operation left out, and with each wrong kind of value.
    static func all(of operation: OperationDefinition) -> [WrongCommand] {
        operation.parameters.flatMap { parameter in
            var wrong = values(not: parameter.kind).map { value in
                let isMember = parameter.kind == .destination && value.hasPrefix("{")
                return WrongCommand(
                    what: "\(parameter.name) is \(value)",
                    body: command(operation, with: value, for: parameter.name), reason: "invalid-parameter",
                    field: "/\(parameter.name)" + (isMember ? "/phoneNumber" : ""))
            }
            if parameter.isRequired {
                wrong.append(
                    WrongCommand(
                        what: "\(parameter.name) is missing",
                        body: command(operation, with: nil, for: parameter.name),
                        reason: "missing-parameter", field: "/\(parameter.name)"))
            }
            return wrong
        }
    }

    private static func values(not kind: OperationParameter.Kind) -> [String] {
        let common = ["null", "7", "true", "[]", "{}", #""""#]
        return switch kind {
        case .string: common
        case .digits: common + [#""4711#""#, #""four""#]
        case .oneOf: common + [#""Sometimes""#]
        case .uri: common + [#""00RV9H7S6O8V3BSHAG7GK2LAES00002N""#]
        case .object: common.filter { $0 != "{}" }
        case .destination: common + [#""5002""#, #"{"phoneNumber":5002}"#, #"{"number":"5002"}"#]
        case .strings: common + [#""voice""#, #"["voice",""]"#]
        }
    }

    private static func command(_ operation: OperationDefinition, with value: String?, for name: String)
        -> [UInt8]
    {
        var members = [
            #""agent":"5001""#, #""callId":"none""#, #""deviceId":"none""#,
            "\"operationName\":\"\(operation.name)\"",
        ]
        for parameter in operation.parameters {
            let value = parameter.name == name ? value : parameter.example
            if let value { members.append("\"\(parameter.name)\":\(value)") }
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
