package import GWS

/// What ``CommandDecoder`` takes, as far as a schema can say it.
extension Schema {
    package static func command(_ operation: OperationDefinition) -> JSONDocument {
        document("command:\(operation.name)", body(of: operation))
    }

    /// - Parameter allowed: The operations that are configured to go through unchecked, in the catalogue or not.
    /// - Returns: Nil where the operation is neither.
    package static func command(named name: String, allowed: [String]) -> JSONDocument? {
        commands(allowed: allowed).first { $0.operation == name }.map {
            document("command:\($0.key)", $0.body)
        }
    }

    package static var command: JSONDocument { command(allowed: []) }

    /// All commands, told apart by their operationName.
    package static func command(allowed: [String]) -> JSONDocument {
        let commands = commands(allowed: allowed)
        return document(
            "command", title: "Command",
            "A GWS operation and whom it is for. \(limits)",
            oneOf: commands.map { ($0.key, $0.body) },
            [
                "properties": ["operationName": ["enum": .strings(commands.map(\.operation))]],
                "required": ["operationName"],
            ])
    }

    /// - Parameter key: What a part of a document can be called.
    static func commands(
        allowed: [String]
    ) -> [(operation: String, key: String, body: JSONDocument)] {
        let catalogued = OperationCatalogue.all.map { row in
            (row.name, row.name, allowed.contains(row.name) ? unchecked(row.name, like: row) : body(of: row))
        }
        let others = unique(allowed).filter { OperationCatalogue.named($0) == nil }
        return catalogued + others.map { ($0, key($0), unchecked($0, like: nil)) }
    }

    /// Letters, digits, `-` and `_` stand for themselves.
    private static func key(_ name: String) -> String {
        name.utf8.reduce(into: "") { key, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.properties.isAlphabetic && byte < 0x80 || "0123456789-_".utf8.contains(byte)
            key += isPlain ? String(scalar) : ".\(String(byte, radix: 16))"
        }
    }

    /// Of an operation that goes through as it comes there is no more to say than whom it is for.
    private static func unchecked(_ name: String, like row: OperationDefinition?) -> JSONDocument {
        let address =
            row.map(address)
            ?? [
                ("agent", text("In whose session.", examples: ["5001"])),
                ("callId", id("The call, of an operation of a call.", like: exampleCall, isSegment: true)),
                ("deviceId", id("The device, of one of a device.", like: exampleDevice, isSegment: true)),
                ("operationName", ["description": "The operation.", "const": .string(name)]),
            ]
        let description = row.map { "\($0.summary) POSTed to /api/v2\($0.path)." } ?? "Not in the catalogue."
        return object(
            name, "\(description) It is configured to be let through unchecked. \(limits)",
            required: (row?.target == .call ? ["callId"] : []) + ["operationName"], isOpen: true, address)
    }

    private static let limits = """
        At most \(CommandDecoder.largestBody / 1024) KiB of UTF-8, \(CommandDecoder.greatestDepth) levels, and no member \
        twice. Members that are not described are passed to GWS as they come.
        """

    static func body(of operation: OperationDefinition) -> JSONDocument {
        let members = address(of: operation) + operation.parameters.flatMap(members)
        var required = operation.target == .call ? ["callId", "operationName"] : ["operationName"]
        required += operation.parameters.filter { $0.isRequired && $0.idName == nil }.map(\.name)
        let schema = object(
            operation.name, "\(operation.summary) POSTed to /api/v2\(operation.path). \(limits)",
            required: required, isOpen: true, members)
        let choices = operation.parameters.compactMap(choice)
        return schema + (choices.isEmpty ? [:] : ["allOf": .array(choices)]) + [
            "examples": [.object(example(of: operation))]
        ]
    }

    /// A command with all that the operation needs.
    static func example(of operation: OperationDefinition) -> Members {
        var members: Members = [("agent", "5001")]
        switch operation.target {
        case .call: members.append(("callId", .string(exampleCall)))
        case .device: members.append(("deviceId", .string(exampleDevice)))
        case .voiceChannel, .session: break
        }
        members.append(("operationName", .string(operation.name)))
        return members
            + operation.parameters.filter(\.isRequired).map { ($0.name, .text($0.example)) }
    }

    static let exampleCall = "00RV9H7S6O8V3BSHAG7GK2LAES00002M"
    static let exampleDevice = "55b8023d-573d-48d3-b4ac-e29ba3c5861d"

    // MARK: Address

    private static func address(of operation: OperationDefinition) -> Members {
        [
            (
                "agent",
                text(
                    "In whose session; may be left out where the routing key names the agent, or the bridge serves one only.",
                    examples: ["5001"])
            ),
            ("callId", id("The call.", like: exampleCall, isSegment: operation.path.contains("{callId}"))),
            (
                "deviceId",
                id(
                    operation.target == .device
                        ? "The device; may be left out where the agent has one only." : "The device.",
                    like: exampleDevice, isSegment: operation.path.contains("{deviceId}"))
            ),
            (
                "operationName",
                ["description": "The operation, as GWS has it.", "const": .string(operation.name)]
            ),
        ]
    }

    /// - Parameter isSegment: Whether it stands in a path, where dots mean something else.
    private static func id(_ description: String, like example: String, isSegment: Bool) -> JSONDocument {
        let schema = value(
            "string", "\(description) At most \(CommandDecoder.longestID) bytes.",
            examples: [.string(example)],
            ["minLength": 1, "maxLength": .integer(CommandDecoder.longestID)])
        return isSegment ? schema + ["not": ["enum": [".", ".."]]] : schema
    }

    // MARK: Parameters

    private static func members(_ parameter: OperationParameter) -> Members {
        let member = (
            name: parameter.name, value: schema(parameter.kind) + ["examples": [.text(parameter.example)]]
        )
        guard let idName = parameter.idName else { return [member] }
        let id = id(
            "The call's id in place of \(parameter.name), which the bridge makes of it.", like: exampleCall,
            isSegment: true)
        return [member, (idName, id)]
    }

    /// The URI or the id: one of them where the parameter is required, else not both.
    private static func choice(_ parameter: OperationParameter) -> JSONDocument? {
        guard let idName = parameter.idName else { return nil }
        let names = [parameter.name, idName]
        return parameter.isRequired
            ? ["oneOf": .array(names.map { ["required": [.string($0)]] })]
            : ["not": ["required": .strings(names)]]
    }

    private static func schema(_ kind: OperationParameter.Kind) -> JSONDocument {
        switch kind {
        case .string: value("string", "Text, not empty.", ["minLength": 1])
        case .digits: value("string", "One or more of the digits 0 to 9.", ["pattern": #"^[0-9]+(?!\n)$"#])
        case .oneOf(let allowed): value("string", "One of the words.", ["enum": .strings(allowed)])
        case .uri:
            value(
                "string", "A URI that begins with http:// or https://.",
                ["pattern": #"^https?://[^\u0000-\u0020\u007f]+(?!\n)$"#])
        case .object: value("object", "An object with whatever members.")
        case .destination:
            value(
                "object", "Where the call is to go.",
                [
                    "properties": ["phoneNumber": text("The number to call.")], "required": ["phoneNumber"],
                    "additionalProperties": true,
                ])
        case .strings:
            value(
                "array", "One or more texts, none of them empty.",
                ["items": ["type": "string", "minLength": 1], "minItems": 1])
        }
    }
}
