/// What ``SessionMessage`` writes.
extension Schema {
    package static var sessionEvent: JSONDocument {
        document(
            "session-event", title: "Session event",
            "What the bridge says of an agent's session on the events exchange; which one it is, is the message's type.",
            oneOf: SessionMessage.Kind.allCases.map { ($0.rawValue, sessionEventBody($0)) })
    }

    static func sessionEventBody(_ kind: SessionMessage.Kind) -> JSONDocument {
        let agent = ("agent", text("Whose session it is.", examples: ["5001"]))
        let epoch = (
            "epoch", text("A span in which nothing can have been missed; later ones sort after earlier ones.")
        )
        let previous = ("previousEpoch", text("The epoch before, where there was one."))
        let at = timestamp("When.")
        switch kind {
        case .started:
            return object(
                kind.rawValue, "An epoch begins.", required: ["agent", "epoch", "at", "instance"],
                isOpen: false,
                [agent, epoch, previous, ("at", at), ("instance", text("The process that began it."))])
        case .gap:
            return object(
                kind.rawValue, "Something may have been missed before this epoch.",
                required: ["agent", "epoch", "to", "reason"], isOpen: false,
                [
                    agent, epoch, previous,
                    ("lastSequence", count("The last gws-sequence of the epoch before.")),
                    (
                        "from",
                        timestamp("Up to when everything is known; absent where nothing is known before.")
                    ),
                    ("to", timestamp("From when on nothing is missed.")),
                    ("reason", choice("Why.", of: SessionMessage.GapReason.allCases.map(\.rawValue))),
                ])
        case .ended:
            return object(
                kind.rawValue, "The bridge ends the session, and says nothing more of it.",
                required: ["agent", "epoch", "lastSequence", "at", "reason"], isOpen: false,
                [
                    agent, epoch, ("lastSequence", count("The gws-sequence of the message before this one.")),
                    ("at", at),
                    ("reason", choice("Why.", of: SessionMessage.EndReason.allCases.map(\.rawValue))),
                ])
        }
    }
}
