internal import GWS
internal import RawJSON

extension OperationDefinition {
    /// Checks a command against its row of the catalogue. What the row does not name is passed on as it came: GWS's
    /// versions know more than the documentation.
    func check(_ command: RawJSON) throws(Rejection) {
        for parameter in parameters {
            let id = parameter.idName.flatMap { command[$0] }
            switch (command[parameter.name], id) {
            case (let value?, nil):
                if let mistake = parameter.mistake(in: value) {
                    throw Rejection(.invalidParameter, mistake.detail, field: mistake.field)
                }
            case (nil, let id?):
                try Address.check(id, parameter.idName ?? parameter.name)
            case (.some, .some):
                let idName = parameter.idName ?? parameter.name
                throw Rejection(
                    .invalidParameter, "\(idName) stands beside \(parameter.name); give one of them.",
                    field: "/\(idName)")
            case (nil, nil):
                guard !parameter.isRequired else {
                    let idName = parameter.idName.map { " or \($0)" } ?? ""
                    throw Rejection(
                        .missingParameter, "\(name) needs \(parameter.name)\(idName).",
                        field: "/\(parameter.name)")
                }
            }
        }
    }
}
