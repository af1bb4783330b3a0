/// What ``Reply`` writes, and what the contract lets later versions write.
extension Schema {
    package static var outcome: JSONDocument { document("outcome", outcomeBody) }

    /// The body of a reply and of a message on the outcomes exchange.
    static var outcomeBody: JSONDocument {
        let kinds = CommandOutcome.Kind.allCases
        let outcomes = ContractWords.outcomes.map(\.name)
        let reasons = ContractWords.reasons(of: outcomes)
        let schema = object(
            "Outcome",
            "What became of a command: the reply to who sent it, and the message on the outcomes exchange.",
            required: ["commandId", "outcome", "final", "attempts"], isOpen: true,
            [
                ("commandId", text("The command's message_id, or the id that the bridge made up.")),
                ("agent", text("As far as the command was legible.", examples: ["5001"])),
                ("callId", text("The call.", examples: [.string(exampleCall)])),
                ("deviceId", text("The device.", examples: [.string(exampleDevice)])),
                ("operationName", text("The operation, as the command has it.", examples: ["Hold"])),
                (
                    "outcome",
                    choice(
                        "What became of it.\(ContractWords.note(outcomes, sent: kinds.map(\.rawValue)))",
                        of: outcomes)
                ),
                (
                    "final",
                    value(
                        "boolean", "Whether no other outcome follows. In this version none ever does.",
                        examples: [true])
                ),
                (
                    "reason",
                    choice(
                        "Why, in a word; none on success."
                            + ContractWords.note(reasons, sent: kinds.flatMap(\.reasons)), of: reasons)
                ),
                ("detail", text("Why, in a sentence for a person.")),
                (
                    "field",
                    value(
                        "string", "A JSON pointer to what is wrong in the command.",
                        examples: ["/destination/phoneNumber"], ["pattern": #"^(/.*)?(?!\n)$"#])
                ),
                ("httpStatus", value("integer", "Of GWS's answer.", examples: [200])),
                ("statusCode", value("integer", "Of GWS's answer; 0 is success.", examples: [0])),
                ("statusMessage", value("string", "Of GWS's answer.")),
                ("attempts", count("How often the operation was POSTed, or tried to be.")),
                ("acceptedAfterMs", count("Milliseconds from the command's arrival to GWS's yes.")),
                ("finishedAfterMs", count("Milliseconds from the command's arrival to this outcome.")),
            ] + later)
        return schema + ["allOf": .array(ContractWords.outcomes.map { reason(of: $0.name, $0.reasons) })]
    }

    /// What only commands have that are confirmed by what is seen of the call.
    private static let later: Members = [
        ("already", value("boolean", "It stood so before. This version does not send it.")),
        (
            "confirmedBy",
            value(
                "object", "What confirmed it. This version does not send it.",
                ["properties": ["by": choice("How it was seen.", of: ["event", "reading"])]])
        ),
        ("lastSeen", value("object", "The call as it was seen last. This version does not send it.")),
    ]

    /// Which reasons go with an outcome.
    private static func reason(of outcome: String, _ reasons: [String]) -> JSONDocument {
        [
            "if": ["properties": ["outcome": ["const": .string(outcome)]]],
            "then": reasons.isEmpty
                ? ["not": ["required": ["reason"]]]
                : ["properties": ["reason": ["enum": .strings(reasons)]], "required": ["reason"]],
        ]
    }

    static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }
}
