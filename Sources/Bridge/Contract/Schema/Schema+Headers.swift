/// The headers of messages, without those that brokers and their tools add.
extension Schema {
    typealias Members = [(name: String, value: JSONDocument)]

    private static let contract = (
        "gws-contract", ["description": "The contract's version.", "const": 1] as JSONDocument
    )
    private static let trace: Members = [
        ("traceparent", text("The W3C trace context that the command came with, or that began with it.")),
        ("tracestate", text("The W3C trace context that the command came with, or that began with it.")),
    ]

    /// What ``Envelope`` reads.
    static var commandHeaders: JSONDocument {
        object(
            "Command headers", "How to treat a command; none is needed.", required: [], isOpen: true,
            [
                (
                    "gws-reply",
                    choice(
                        "Which replies are wanted: final (also if left out), one, the final outcome; accepted, one, that or "
                            + "the final outcome if it comes before; or both.",
                        of: Envelope.Replies.allCases.map(\.rawValue))
                ),
                ("gws-deadline", moment("After which the command is not sent")),
                (
                    "gws-confirm-within",
                    value(
                        "integer", "Milliseconds to wait for the state change; as configured if left out.",
                        examples: [5000],
                        [
                            "minimum": .integer(Int(Envelope.confirmWithinRange.lowerBound)),
                            "maximum": .integer(Int(Envelope.confirmWithinRange.upperBound)),
                        ])
                ),
                (
                    "traceparent",
                    text(
                        "W3C trace context, sent on to GWS, on the outcome and on the event that confirmed it. Without "
                            + "one, or one that is well formed, a trace begins with the command.")
                ),
                ("tracestate", text("W3C trace context, sent on with traceparent.")),
            ])
    }

    /// What ``Reply`` writes.
    static var outcomeHeaders: JSONDocument {
        object(
            "Outcome headers", "Whose outcome it is.", required: ["gws-contract", "gws-command-id"],
            isOpen: true,
            [
                contract,
                ("gws-command-id", text("The command's message_id, or the id that the bridge made up.")),
                ("gws-process", text("Which process of the bridge tells it; another after each start.")),
                ("gws-agent", text("The agent, as far as the command was legible.")),
                ("gws-call-id", text("The call.")), ("gws-device-id", text("The device.")),
                (
                    "gws-duplicate",
                    [
                        "description":
                            "On a reply: the id was seen before, and this is what became of the first command that had it.",
                        "const": true,
                    ]
                ),
            ] + trace)
    }

    /// What ``SessionMessage`` writes.
    static var sessionEventHeaders: JSONDocument {
        object(
            "Session event headers", "Where the message stands among those of its agent.",
            required: Self.place.map(\.name), isOpen: true, place + cloudEvent(hasSubject: false))
            + ["allOf": [cloudEventIsWhole]]
    }

    private static let place: Members = [
        contract, ("gws-agent", text("Whose session it came from.")),
        ("gws-received-at", moment("Arrival")),
        (
            "gws-epoch",
            text("A span in which nothing can have been missed; later ones sort after earlier ones.")
        ),
        (
            "gws-sequence",
            value("integer", "Counts the agent's messages within the epoch by one.", ["minimum": 1])
        ),
        (
            "gws-origin",
            choice(
                "As GWS reported it, or read after something may have been missed.", of: ContractWords.origins
            )
        ),
    ]

    /// What ``Event`` writes.
    ///
    /// - Parameter subject: What the events are about: it decides which headers there must be, and must not be.
    static func eventHeaders(of subject: EventSubject) -> JSONDocument {
        let schema =
            object(
                "Headers of an event about \(subject.noun)",
                "What stands in the event, and where it stands among those of its agent.",
                required: place.map(\.name) + ["gws-channel"] + subject.headers, isOpen: true,
                place + [
                    ("gws-channel", value("string", "Where GWS published it.", examples: ["/v2/me/calls"])),
                    ("gws-generated-at", moment("By GWS's clock, where GWS says")),
                    ("gws-call-id", value("string", "The call.", examples: [.string(exampleCall)])),
                    (
                        "gws-call-sequence",
                        value(
                            "integer", "Counts the messages of the call within the epoch by one.",
                            ["minimum": 1])
                    ),
                    ("gws-device-id", value("string", "The device.", examples: [.string(exampleDevice)])),
                    (
                        "gws-message-type",
                        value("string", "GWS's messageType.", examples: ["CallStateChangeMessage"])
                    ),
                    (
                        "gws-notification-type",
                        value("string", "GWS's notificationType.", examples: ["StatusChange"])
                    ),
                    ("gws-call-state", value("string", "The call's state.", examples: ["Established"])),
                    (
                        "gws-recording-state",
                        value("string", "The call's recordingState.", examples: ["Recording"])
                    ),
                    (
                        "gws-caused-by",
                        text("The id of the command that the event confirmed, where that is known in time.")
                    ),
                ] + (subject == .call ? [inferred] : []) + trace + cloudEvent(hasSubject: subject != .agent))
            + ["allOf": .array([cloudEventIsWhole] + (subject == .call ? [inferredIsOver] : []))]
        let others = EventSubject.allCases.filter { $0 != subject }.flatMap(\.headers)
        let excluded = subject == .call ? [] : others
        return excluded.isEmpty
            ? schema
            : schema + ["not": ["anyOf": .array(excluded.map { ["required": [.string($0)]] })]]
    }

    private static let inferred = (
        "gws-inferred",
        [
            "description":
                "On a call that is over: it was concluded, as the call was not there when the agent's calls were read.",
            "const": true,
        ] as JSONDocument
    )

    private static let inferredIsOver: JSONDocument = [
        "if": ["required": ["gws-inferred"]],
        "then": [
            "properties": ["gws-origin": ["const": "resync"], "gws-call-state": ["const": "Released"]],
            "required": ["gws-call-state"],
        ],
    ]

    /// What ``DeadLetter`` adds to the command's own.
    static var deadLetterHeaders: JSONDocument {
        let outcomes = ContractWords.deadLettered
        return object(
            "Dead letter headers", "Why the command is here, beside the headers that it came with.",
            required: [
                "gws-outcome", "gws-command-id", "gws-attempts", "gws-first-failed-at", "gws-replay-count",
                "x-exception-message", "x-original-exchange", "x-original-routingKey",
            ], isOpen: true,
            [
                ("gws-outcome", choice("What became of it.", of: outcomes)),
                ("gws-reason", choice("Why, in a word.", of: ContractWords.reasons(of: outcomes))),
                ("gws-detail", text("Why, in a sentence for a person.")),
                ("gws-command-id", text("The command's message_id, or the id that the bridge made up.")),
                ("gws-attempts", count("How often the operation was POSTed, or tried to be.")),
                ("gws-first-failed-at", moment("The first attempt that failed")),
                ("gws-http-status", value("integer", "Of GWS's last answer.")),
                ("gws-status-code", value("integer", "Of GWS's last answer.")),
                ("gws-status-message", value("string", "Of GWS's last answer.")),
                ("gws-replay-count", count("How often it was sent from the dead letters again.")),
                ("gws-replay-of", text("The message_id that it had before it was sent again.")),
                (
                    "gws-rerouted",
                    [
                        "description":
                            "The bridge published it once more, under the key that its agent is served by.",
                        "const": true,
                    ]
                ),
                ("gws-user-id", value("string", "The command's user_id.")),
                ("gws-expiration", value("string", "The command's expiration.")),
                ("gws-cc", ["description": "The command's header CC."]),
                ("x-exception-message", text("The detail, where other tools look for it.")),
                ("x-original-exchange", value("string", "Where the command came from; empty for a queue.")),
                ("x-original-routingKey", value("string", "The command's routing key.")),
            ])
    }
}
