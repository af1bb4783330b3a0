/// What ``SessionMessage`` writes.
extension Schema {
    package static var sessionEvent: JSONDocument {
        document(
            "session-event", title: "Session event",
            "What the bridge says of an agent's session on the events exchange; which one it is, is the message's type.",
            oneOf: SessionMessage.Kind.allCases.map { ($0.rawValue, sessionEventBody($0)) })
    }

    static func sessionEventBody(_ kind: SessionMessage.Kind) -> JSONDocument {
        let (description, required, members) = parts(of: kind)
        return object(
            kind.rawValue, description, required: ["agent", "epoch"] + required, isOpen: true,
            [
                ("agent", text("Whose session it is.", examples: ["5001"])),
                (
                    "epoch",
                    text("A span in which nothing can have been missed; later ones sort after earlier ones.")
                ),
            ] + members)
    }

    private static func parts(
        of kind: SessionMessage.Kind
    ) -> (description: String, required: [String], members: Members) {
        let previous = ("previousEpoch", text("The epoch before, where there was one."))
        let at = ("at", timestamp("When."))
        switch kind {
        case .started:
            return (
                "An epoch begins.", ["at", "instance"],
                [previous, at, ("instance", text("The process that began it."))]
            )
        case .gap:
            return (
                "Something may have been missed before this epoch.", ["to", "reason"],
                [
                    previous,
                    (
                        "lastSequence",
                        count(
                            "The last gws-sequence of the epoch before; after a crash there may have been more."
                        )
                    ),
                    (
                        "from",
                        timestamp("Up to when everything is known; absent where nothing is known before.")
                    ),
                    ("to", timestamp("From when on nothing is missed.")),
                    ("reason", choice("Why.", of: ContractWords.gapReasons)),
                ]
            )
        case .ended:
            return (
                "The bridge ends the session, and says nothing more of it.",
                ["lastSequence", "at", "reason"],
                [
                    ("lastSequence", count("The gws-sequence of the message before this one.")), at,
                    ("reason", choice("Why.", of: ContractWords.endReasons)),
                ]
            )
        case .resynced:
            let ids: JSONDocument = ["items": ["type": "string"]]
            return (
                "What may have been missed was read, and what differs was published.",
                ["at", "calls", "devices", "published"],
                [
                    at,
                    (
                        "calls",
                        value(
                            "array", "The ids of all calls that the agent has: any other is over.",
                            examples: [[.string(exampleCall)]], ids)
                    ),
                    (
                        "devices",
                        value(
                            "array", "The ids of the agent's devices.", examples: [[.string(exampleDevice)]],
                            ids)
                    ),
                    ("published", count("How many events told what differs.")),
                ]
            )
        }
    }
}
