extension AsyncAPI {
    var operations: JSONDocument {
        .object(
            [
                (
                    "receiveCommand",
                    receiving("commands", "Takes a command, POSTs it to GWS and tells what became of it.")
                ),
                ("receiveCommandFromQueue", receiving("commandQueue", "The same, past the exchange.")),
                (
                    "receiveUndelivered",
                    receiving("undeliveredQueue", "Tells what became of what the broker did not deliver.")
                ),
            ]
                + EventSubject.allCases.map { subject in
                    (
                        "send\(Self.name(of: subject))",
                        sending(
                            "\(subject.rawValue)Events",
                            "Publishes what GWS reported about \(subject.rawValue)s.", isMandatory: true)
                    )
                }
                + [
                    (
                        "sendSessionEvent",
                        sending(
                            "sessionEvents", "Says what is known of an agent's session.", isMandatory: true)
                    )
                ]
                + EventSubject.allCases.map { subject in
                    (
                        "send\(subject.title)Outcome",
                        sending("\(subject.rawValue)Outcomes", "Tells everybody what became of a command.")
                    )
                }
                + [("sendDeadLetter", sending("deadLetters", "Puts a command aside.", isMandatory: true))])
    }

    private func receiving(_ channel: String, _ summary: String) -> JSONDocument {
        [
            "action": "receive",
            "channel": Self.reference("channels", channel),
            "summary": .string(summary),
            // Acknowledged when what became of it is safe with the broker.
            "bindings": ["amqp": ["ack": true, "bindingVersion": "0.3.0"]],
            "reply": [
                "address": [
                    "description": "The command's property reply_to; without it there is no reply.",
                    "location": "$message.header#/reply_to",
                ],
                "channel": Self.reference("channels", "replies"),
            ],
        ]
    }

    private func sending(_ channel: String, _ summary: String, isMandatory: Bool = false) -> JSONDocument {
        [
            "action": "send",
            "channel": Self.reference("channels", channel),
            "summary": .string(summary),
            "bindings": [
                "amqp": ["deliveryMode": 2, "mandatory": .boolean(isMandatory), "bindingVersion": "0.3.0"]
            ],
        ]
    }
}
