/// What ``Reply`` writes.
extension Schema {
    package static var outcome: JSONDocument { document("outcome", outcomeBody) }

    /// The body of a reply and of a message on the outcomes exchange.
    static var outcomeBody: JSONDocument {
        let kinds = CommandOutcome.Kind.allCases
        let schema = object(
            "Outcome",
            "What became of a command: the reply to who sent it, and the message on the outcomes exchange.",
            required: ["commandId", "outcome", "final", "attempts", "finishedAfterMs"], isOpen: false,
            [
                ("commandId", text("The command's message_id, or the id that the bridge made up.")),
                ("agent", text("As far as the command was legible.", examples: ["5001"])),
                ("callId", text("The call.", examples: [.string(exampleCall)])),
                ("deviceId", text("The device.", examples: [.string(exampleDevice)])),
                ("operationName", text("The operation, as the command has it.", examples: ["Hold"])),
                ("outcome", choice("What became of it.", of: kinds.map(\.rawValue))),
                ("final", ["description": "No other outcome follows.", "const": true]),
                ("reason", choice("Why, in a word; none on success.", of: unique(kinds.flatMap(\.reasons)))),
                ("detail", text("Why, in a sentence for a person.")),
                (
                    "field",
                    value(
                        "string", "A JSON pointer to what is wrong in the command.",
                        examples: ["/destination/phoneNumber"], ["pattern": "^(/.*)?$"])
                ),
                ("httpStatus", value("integer", "Of GWS's answer.", examples: [200])),
                ("statusCode", value("integer", "Of GWS's answer; 0 is success.", examples: [0])),
                ("statusMessage", value("string", "Of GWS's answer.")),
                ("attempts", count("How often the operation was POSTed, or tried to be.")),
                ("acceptedAfterMs", count("Milliseconds from the command's arrival to GWS's yes.")),
                ("finishedAfterMs", count("Milliseconds from the command's arrival to this outcome.")),
            ])
        return schema + ["allOf": .array(kinds.map(reason))]
    }

    /// Which reasons go with an outcome.
    private static func reason(of kind: CommandOutcome.Kind) -> JSONDocument {
        [
            "if": ["properties": ["outcome": ["const": .string(kind.rawValue)]]],
            "then": kind.reasons.isEmpty
                ? ["not": ["required": ["reason"]]]
                : ["properties": ["reason": ["enum": .strings(kind.reasons)]], "required": ["reason"]],
        ]
    }

    static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }
}
