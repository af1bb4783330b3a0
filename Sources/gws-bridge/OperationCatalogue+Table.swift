import GWS

extension OperationCatalogue {
    /// The operations as a Markdown table, for the README.
    static var table: String {
        let head = [
            "| operation | does | POSTed to `/api/v2`… | parameters | feature | it shows in | repeatable |",
            "|---|---|---|---|---|---|---|",
        ]
        return (head + all.map(\.row)).joined(separator: "\n")
    }
}

extension OperationDefinition {
    fileprivate var row: String {
        let cells = [
            "`\(name)`", summary, "`\(path)`", parameters.map(\.cell).joined(separator: ", "),
            features.map { "`\($0)`" }.joined(separator: ", "), stateChange?.cell ?? "–",
            isRepeatable ? "yes" : "",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}

extension OperationParameter {
    /// In bold where it is required.
    fileprivate var cell: String {
        let names = [name, idName].compactMap { $0.map { "`\($0)`" } }.joined(separator: " or ")
        return isRequired ? "**\(names)**" : names
    }
}

extension StateChange {
    fileprivate var cell: String {
        let whose =
            switch subject {
            case .call, .device: ""
            case .newCall: " of a new call"
            case .consultCall: " of the consult call"
            }
        let conditions = conditions.map(\.cell)
        return "`\(notification)`\(whose)"
            + (conditions.isEmpty ? "" : ": " + conditions.joined(separator: ", "))
    }
}

extension StateChange.Condition {
    fileprivate var cell: String {
        switch self {
        case .isOneOf(let path, let values):
            "\(Self.code(path)) \(values.map { "`\($0)`" }.joined(separator: " or "))"
        case .isAbsent(let path): "no \(Self.code(path))"
        case .equals(let path, let parameter): "\(Self.code(path)) is the `\(parameter)`"
        case .contains(let path, let parameter):
            path == [parameter]
                ? "\(Self.code(path)) has what was sent" : "\(Self.code(path)) has the `\(parameter)`"
        case .lacksKey(let path, let parameter): "\(Self.code(path)) without the `\(parameter)`"
        case .hasParticipant(let parameter): "`participants` with the `\(parameter)`"
        case .lacksParticipant(let parameter): "`participants` without the `\(parameter)`"
        case .hasChanged(let path): "\(Self.code(path)) changed"
        }
    }

    private static func code(_ path: [String]) -> String { "`\(path.joined(separator: "."))`" }
}
