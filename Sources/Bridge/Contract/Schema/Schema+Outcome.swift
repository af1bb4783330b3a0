/// What ``Reply`` writes.
extension Schema {
    package static var outcome: JSONDocument { document("outcome", outcomeBody) }

    /// The body of a reply and of a message on the outcomes exchange.
    static var outcomeBody: JSONDocument {
        let outcomes = ContractWords.outcomes.map(\.name)
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
                ("outcome", choice("What became of it.", of: outcomes)),
                (
                    "final",
                    value(
                        "boolean",
                        "Whether no other outcome follows: one does after an accepted that is not.",
                        examples: [true])
                ),
                (
                    "reason",
                    choice("Why, in a word; none on success.", of: ContractWords.reasons(of: outcomes))
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
                (
                    "finishedAfterMs",
                    count("Milliseconds from the command's arrival to this outcome, if it is final.")
                ),
                (
                    "already",
                    value(
                        "boolean",
                        "Of a confirmed one: whether it stood so before it was sent; absent if not.",
                        examples: [true])
                ),
                ("confirmedBy", confirmedBy),
                ("lastSeen", lastSeen),
            ])
        return schema + ["allOf": .array(CommandOutcome.Kind.allCases.map(members) + [end])]
    }

    // MARK: What was seen

    private static var confirmedBy: JSONDocument {
        let schema = object(
            "What confirmed a command", "How the state change was seen that the operation is for.",
            required: ["by"], isOpen: true,
            [
                (
                    "by",
                    choice("By an event, or by reading the call or the device.", of: ["event", "reading"])
                ),
                (
                    "messageId",
                    text(
                        "The message_id of the event on the events exchange.", examples: ["5001/mb2k9-x7/42"])
                ),
                (
                    "notificationType",
                    text("GWS's notificationType, where the event has one.", examples: ["StatusChange"])
                ),
            ])
        return schema + [
            "if": ["properties": ["by": ["const": "event"]]], "then": ["required": ["messageId"]],
            "else": without(["messageId", "notificationType"]),
        ]
    }

    private static var lastSeen: JSONDocument {
        object(
            "The call as it was seen last", "Of what is no success, where the call was seen.", required: [],
            isOpen: true,
            [
                ("state", value("string", "The call's state.", examples: ["Held"])),
                ("recordingState", value("string", "The call's recordingState.", examples: ["Recording"])),
                (
                    "capabilities",
                    value(
                        "array", "The operations that the call offered.",
                        ["items": ["type": "string"]])
                ),
            ])
    }

    // MARK: What goes with what

    /// Which members an outcome has, and has not.
    private static func members(of kind: CommandOutcome.Kind) -> JSONDocument {
        var (required, absent): ([String], [String]) = ([], [])
        var values: Members = []
        if kind.reasons.isEmpty {
            absent += ["reason", "detail", "field", "lastSeen"]
        } else {
            required.append("reason")
            values.append(("reason", ["enum": .strings(kind.reasons)]))
        }
        if kind == .confirmed {
            required.append("confirmedBy")
        } else {
            absent += ["confirmedBy", "already"]
        }
        if kind != .accepted { values.append(("final", ["const": true])) }
        return [
            "if": ["properties": ["outcome": ["const": .string(kind.rawValue)]]],
            "then": ["properties": .object(values), "required": .strings(required)] + without(absent),
        ]
    }

    /// Only what is over says how long it took.
    private static let end: JSONDocument = [
        "if": ["properties": ["final": ["const": true]]], "then": ["required": ["finishedAfterMs"]],
        "else": without(["finishedAfterMs"]),
    ]

    private static func without(_ members: [String]) -> JSONDocument {
        ["not": ["anyOf": .array(members.map { ["required": [.string($0)]] })]]
    }

    static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }
}
