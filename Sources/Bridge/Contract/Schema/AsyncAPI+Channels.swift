internal import AMQP
internal import GWS

extension AsyncAPI {
    var channels: JSONDocument {
        .object(
            [
                (
                    "commands",
                    keyed(
                        names.commands, "command.{agent}.{operationName}",
                        "Commands, to the queue that the bridge takes them from.", commandKeys,
                        [
                            ("agent", agent),
                            ("operationName", Self.parameter("The operation.", of: commandNames)),
                        ])
                ),
                (
                    "commandQueue",
                    queue(names.commands, "The same queue by the default exchange.", commandKeys)
                ),
            ]
                + EventSubject.allCases.map { ("\($0.rawValue)Events", events($0)) }
                + [("sessionEvents", sessionEvents)]
                + EventSubject.allCases.map { ("\($0.rawValue)Outcomes", outcomes($0)) }
                + [
                    ("deadLetters", deadLetters),
                    (
                        "deadLetterQueue",
                        queue(names.deadLetters, "Where the dead letters wait for somebody.", ["DeadLetter"])
                    ),
                    (
                        "undeliveredQueue",
                        queue(
                            names.undelivered,
                            "Where the broker puts commands that it could not route, that expired or that it gave up.",
                            commandKeys)
                    ),
                    (
                        "replies",
                        [
                            "description":
                                "The queue that a command names in reply_to; direct reply-to works.",
                            "address": .null, "messages": Self.references(["Reply"]),
                        ]
                    ),
                ])
    }

    private func events(_ subject: EventSubject) -> JSONDocument {
        let (head, id) = Self.start(of: subject)
        let what = subject == .call ? "notificationType" : "messageType"
        let examples =
            switch subject {
            case .call: ["StatusChange", "CallRecordingStateChange"]
            case .device: ["DeviceStateChangeMessage"]
            case .agent: ["ErrorMessage"]
            }
        return keyed(
            names.events, "\(head).{\(what)}",
            "Events about \(subject.rawValue)s, in the order in which GWS reported them.",
            [Self.name(of: subject)],
            [id, (what, Self.parameter("GWS's \(what).", like: examples))])
    }

    private var sessionEvents: JSONDocument {
        return keyed(
            names.events, "\(RoutingKey.Kind.session.rawValue).{agent}.{sessionEvent}",
            "Where epochs begin and end, and what may have been missed.",
            SessionMessage.Kind.allCases.map(Self.name(of:)),
            [
                ("agent", agent),
                ("sessionEvent", Self.parameter("Which it is.", of: ContractWords.sessionEvents)),
            ])
    }

    private func outcomes(_ subject: EventSubject) -> JSONDocument {
        let (head, id) = Self.start(of: subject)
        return keyed(
            names.outcomes, "\(head).{operationName}.{outcome}",
            "Outcomes of commands about \(subject.rawValue)s.",
            ["Outcome"],
            [
                id,
                (
                    "operationName",
                    Self.parameter("As the command has it, or - where it has none.", like: ["Hold"])
                ),
                (
                    "outcome",
                    Self.parameter("What became of it.", of: ContractWords.outcomes.map(\.name))
                ),
            ])
    }

    private var deadLetters: JSONDocument {
        let outcomes = ContractWords.deadLettered
        return keyed(
            names.deadLetters, "{outcome}.{reason}", "Commands that got no answer from GWS.", ["DeadLetter"],
            [
                ("outcome", Self.parameter("What became of it.", of: outcomes)),
                ("reason", Self.parameter("Why.", of: ContractWords.reasons(of: outcomes))),
            ])
    }

    // MARK: Parts

    private var agent: JSONDocument { Self.parameter("The agent.", like: ["5001"]) }

    /// How a key begins: kind and id.
    private static func start(
        of subject: EventSubject
    ) -> (head: String, id: (name: String, value: JSONDocument)) {
        switch subject {
        case .call:
            (
                "\(RoutingKey.Kind.call.rawValue).{callId}",
                ("callId", parameter("The call.", like: [Schema.exampleCall]))
            )
        case .device:
            (
                "\(RoutingKey.Kind.device.rawValue).{deviceId}",
                ("deviceId", parameter("The device.", like: [Schema.exampleDevice]))
            )
        case .agent:
            ("\(RoutingKey.Kind.agent.rawValue).{agent}", ("agent", parameter("The agent.", like: ["5001"])))
        }
    }

    private static func parameter(_ description: String, like examples: [String]) -> JSONDocument {
        ["description": .string(description), "examples": .strings(examples)]
    }

    private static func parameter(_ description: String, of words: [String]) -> JSONDocument {
        ["description": .string(description), "enum": .strings(words)]
    }

    private static func references(_ messages: [String]) -> JSONDocument {
        .object(messages.map { ($0, reference("components", "messages", $0)) })
    }

    private func keyed(
        _ exchange: String, _ key: String, _ description: String, _ messages: [String],
        _ parameters: Schema.Members
    ) -> JSONDocument {
        let exchange = topology.exchanges.first { $0.name == exchange }
        return [
            "address": .string(key),
            "description": .string(description),
            "messages": Self.references(messages),
            "parameters": .object(parameters),
            "bindings": [
                "amqp": [
                    "is": "routingKey",
                    "exchange": [
                        "name": .string(exchange?.name ?? ""), "type": .string(exchange?.kind.name ?? ""),
                        "durable": .boolean(exchange?.durable ?? false),
                        "autoDelete": .boolean(exchange?.autoDelete ?? false), "vhost": .string(virtualHost),
                    ],
                    "bindingVersion": "0.3.0",
                ]
            ],
        ]
    }

    private func queue(_ name: String, _ description: String, _ messages: [String]) -> JSONDocument {
        let queue = topology.queues.first { $0.name == name }
        return [
            "address": .string(name),
            "description": .string(description),
            "messages": Self.references(messages),
            "bindings": [
                "amqp": [
                    "is": "queue",
                    "queue": [
                        "name": .string(queue?.name ?? ""), "durable": .boolean(queue?.durable ?? false),
                        "exclusive": .boolean(queue?.exclusive ?? false),
                        "autoDelete": .boolean(queue?.autoDelete ?? false), "vhost": .string(virtualHost),
                    ],
                    "bindingVersion": "0.3.0",
                ]
            ],
        ]
    }
}
