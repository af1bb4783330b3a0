/// JSON Schema of what goes over the broker, made of the catalogue and of the types that read and write it.
///
/// The schemas keep to keywords that draft 7 has as well as 2020-12: the AsyncAPI document holds the same ones, and its
/// tools know no later draft.
package enum Schema {
    /// A schema that stands by itself.
    ///
    /// - Parameter id: What it is of, unique among the bridge's schemas.
    static func document(_ id: String, _ schema: JSONDocument) -> JSONDocument {
        ["$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:gws-bridge:contract-1:\(id)"]
            + schema
    }

    /// A choice of schemas that stands by itself.
    static func document(
        _ id: String, title: String, _ description: String,
        oneOf choices: [(name: String, schema: JSONDocument)],
        _ more: JSONDocument = [:]
    ) -> JSONDocument {
        document(
            id,
            ["title": .string(title), "description": .string(description), "type": "object"] + more + [
                "oneOf": .array(choices.map { ["$ref": "#/$defs/\($0.name)"] }),
                "$defs": .object(choices.map { (name: $0.name, value: $0.schema) }),
            ])
    }

    // MARK: Values

    static func text(_ description: String, examples: JSONDocument? = nil) -> JSONDocument {
        value("string", description, examples: examples, ["minLength": 1])
    }

    static func count(_ description: String) -> JSONDocument {
        value("integer", description, ["minimum": 0])
    }

    /// Unix milliseconds.
    static func moment(_ description: String) -> JSONDocument {
        value("integer", "\(description), Unix milliseconds.")
    }

    /// As ``Timestamp`` writes it.
    static func timestamp(_ description: String) -> JSONDocument {
        value(
            "string", description, examples: ["2026-01-27T22:58:08.150Z"],
            ["pattern": #"^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z(?!\n)$"#])
    }

    static func choice(_ description: String, of words: [String]) -> JSONDocument {
        value("string", description, ["enum": .strings(words)])
    }

    static func value(
        _ type: String, _ description: String, examples: JSONDocument? = nil, _ more: JSONDocument = [:]
    ) -> JSONDocument {
        let schema: JSONDocument = ["description": .string(description), "type": .string(type)] + more
        return examples.map { schema + ["examples": $0] } ?? schema
    }

    // MARK: Objects

    /// - Parameter isOpen: Whether there may be members that the schema does not name.
    static func object(
        _ title: String, _ description: String, required: [String], isOpen: Bool,
        _ members: [(name: String, value: JSONDocument)]
    ) -> JSONDocument {
        [
            "title": .string(title), "description": .string(description), "type": "object",
            "properties": .object(members), "required": .strings(required),
            "additionalProperties": .boolean(isOpen),
        ]
    }
}
