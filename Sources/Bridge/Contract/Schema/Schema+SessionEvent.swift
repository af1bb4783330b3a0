/// What ``SessionMessage`` writes, and what the contract lets later versions write.
extension Schema {
    package static var sessionEvent: JSONDocument {
        document(
            "session-event", title: "Session event",
            "What the bridge says of an agent's session on the events exchange; which one it is, is the message's type.",
            oneOf: ContractWords.sessionEvents.map { ($0, sessionEventBody($0)) })
    }

    /// - Parameter kind: One of the contract's words for them.
    static func sessionEventBody(_ kind: String) -> JSONDocument {
        let (description, required, members) = parts(ofSessionEvent: kind)
        return object(
            kind, description, required: ["agent", "epoch"] + required, isOpen: true,
            [
                ("agent", text("Whose session it is.", examples: ["5001"])),
                (
                    "epoch",
                    text("A span in which nothing can have been missed; later ones sort after earlier ones.")
                ),
            ] + members)
    }

    private static func parts(
        ofSessionEvent kind: String
    ) -> (description: String, required: [String], members: Members) {
        let previous = ("previousEpoch", text("The epoch before, where there was one."))
        let at = ("at", timestamp("When."))
        switch kind {
        case SessionMessage.Kind.started.rawValue:
            return (
                "An epoch begins.", ["at", "instance"],
                [previous, at, ("instance", text("The process that began it."))]
            )
        case SessionMessage.Kind.gap.rawValue:
            let reasons = ContractWords.gapReasons
            let sent = SessionMessage.GapReason.allCases.map(\.rawValue)
            return (
                "Something may have been missed before this epoch.", ["to", "reason"],
                [
                    previous, ("lastSequence", count("The last gws-sequence of the epoch before.")),
                    (
                        "from",
                        timestamp("Up to when everything is known; absent where nothing is known before.")
                    ),
                    ("to", timestamp("From when on nothing is missed.")),
                    ("reason", choice("Why.\(ContractWords.note(reasons, sent: sent))", of: reasons)),
                ]
            )
        case SessionMessage.Kind.ended.rawValue:
            let reasons = ContractWords.endReasons
            let sent = SessionMessage.EndReason.allCases.map(\.rawValue)
            return (
                "The bridge ends the session, and says nothing more of it.",
                ["lastSequence", "at", "reason"],
                [
                    ("lastSequence", count("The gws-sequence of the message before this one.")), at,
                    ("reason", choice("Why.\(ContractWords.note(reasons, sent: sent))", of: reasons)),
                ]
            )
        default:
            return (
                "What may have been missed was read, and what differs was published. This version does not send it.",
                ["at", "calls"],
                [
                    at,
                    (
                        "calls",
                        value(
                            "array", "The ids of all calls that the agent has: any other is over.",
                            ["items": ["type": "string"]])
                    ),
                    ("devices", value("array", "The ids of the agent's devices.")),
                    ("published", value("integer", "How many events were published.")),
                ]
            )
        }
    }
}
