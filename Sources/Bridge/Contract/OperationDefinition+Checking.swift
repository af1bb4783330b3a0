internal import GWS
internal import RawJSON

extension OperationDefinition {
    /// Checks a command against its row of the catalogue. What the row does not name is passed on as it came: GWS's
    /// versions know more than the documentation.
    func check(_ command: RawJSON) throws(Rejection) {
        for parameter in parameters {
            guard let value = command[parameter.name] else {
                guard !parameter.isRequired else {
                    throw Rejection(
                        "missing-parameter", "\(name) needs \(parameter.name).", field: "/\(parameter.name)")
                }
                continue
            }
            guard value.kind == parameter.type.kind else {
                throw Rejection(
                    "invalid-parameter", "\(parameter.name) must be of kind \(parameter.type.rawValue).",
                    field: "/\(parameter.name)")
            }
        }
    }
}

extension OperationDefinition.ParameterType {
    fileprivate var kind: RawJSON.Kind {
        switch self {
        case .string: .string
        case .number: .number
        case .boolean: .boolean
        case .object: .object
        case .array: .array
        }
    }
}
