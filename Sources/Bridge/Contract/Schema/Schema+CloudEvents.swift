/// What ``CloudEvent`` writes.
extension Schema {
    /// - Parameter hasSubject: Whether the event is about a call or a device.
    static func cloudEvent(hasSubject: Bool) -> Members {
        let members: Members = [
            (
                "specversion",
                [
                    "description": "Where it is configured, the event is one of CloudEvents, too.",
                    "const": .string(CloudEvent.version),
                ]
            ),
            ("id", text("The message_id.", examples: ["5001/mb2k9-x7/42"])),
            (
                "source",
                value(
                    "string", "The agent, percent-encoded.",
                    examples: [.string("\(CloudEvent.sources)5001")],
                    ["pattern": .string("^\(CloudEvent.sources)")])
            ),
            (
                "type",
                text(
                    "What happened: in GWS's words behind call, device or agent, or in the bridge's own.",
                    examples: [
                        .string("\(CloudEvent.notifications).call.StatusChange"),
                        .string("\(CloudEvent.sessions).Gap"),
                    ])
            ),
            ("time", timestamp("Arrival.")),
        ]
        let subject: Members = [
            ("subject", text("The call or the device, where its id is one that CloudEvents allows."))
        ]
        return (members + (hasSubject ? subject : [])).map { (CloudEvent.prefix + $0.name, $0.value) }
    }

    /// All that must be there, or nothing.
    static let cloudEventIsWhole: JSONDocument = [
        "if": ["required": [.string("\(CloudEvent.prefix)specversion")]],
        "then": [
            "required": .strings(["id", "source", "type", "time"].map { CloudEvent.prefix + $0 })
        ],
    ]
}
