internal import GWS

extension AsyncAPI {
    var messages: Schema.Members {
        Schema.commands(allowed: allowed).map { ($0.key, Self.command($0.operation, $0.body)) }
            + EventSubject.allCases.map { (Self.name(of: $0), Self.event($0)) }
            + SessionMessage.Kind.allCases.map { (Self.name(of: $0), Self.sessionEvent($0)) }
            + [("Outcome", Self.outcome), ("Reply", Self.reply), ("DeadLetter", Self.deadLetter)]
    }

    var commandNames: [String] { Schema.commands(allowed: allowed).map(\.operation) }
    var commandKeys: [String] { Schema.commands(allowed: allowed).map(\.key) }
    static func name(of subject: EventSubject) -> String { "\(subject.title)Event" }
    static func name(of kind: SessionMessage.Kind) -> String { "Session\(kind.rawValue)" }

    private static let correlation: JSONDocument = [
        "description": "The property correlation_id, which the reply repeats.",
        "location": "$message.header#/correlation_id",
    ]

    private static func command(_ name: String, _ body: JSONDocument) -> JSONDocument {
        let operation = OperationCatalogue.named(name)
        let message: JSONDocument = [
            "name": .string(name),
            "title": .string("Command \(name)"),
            "summary": .string(operation?.summary ?? "It is configured to be let through unchecked."),
            "description": """
            The property message_id is the command's id: a second command that has it is answered and not sent. \
            reply_to says where the outcome goes, expiration with timestamp and priority are kept. user_id, which the \
            broker checks, decides what is permitted.
            """,
            "correlationId": correlation,
            "headers": reference("components", "schemas", "CommandHeaders"),
            "payload": body,
        ]
        guard let operation else { return message }
        return message + ["examples": [["payload": .object(Schema.example(of: operation))]]]
    }

    private static func event(_ subject: EventSubject) -> JSONDocument {
        let message: JSONDocument = [
            "name": .string(name(of: subject)),
            "title": "Event about \(subject.noun)",
            "summary":
                "What GWS reported, byte for byte; or what it showed when it was read, in the same shape.",
            "description": """
            The property type is the notificationType, else the messageType. message_id is \
            <agent>/<epoch>/<sequence>: an event that is published twice has the same one.
            """,
            "headers": Schema.eventHeaders(of: subject),
            "payload": Schema.eventBody(of: subject),
        ]
        return subject == .call ? message + ["examples": [callReadAgain, callGone]] : message
    }

    private static func sessionEvent(_ kind: SessionMessage.Kind) -> JSONDocument {
        let body = Schema.sessionEventBody(kind)
        return [
            "name": .string(name(of: kind)),
            "title": .string("Session event \(kind.rawValue)"),
            "summary": body["description"] ?? "",
            "headers": reference("components", "schemas", "SessionEventHeaders"),
            "payload": body,
            "examples": [["payload": example(of: kind)]],
            "bindings": ["amqp": ["messageType": .string(kind.rawValue), "bindingVersion": "0.3.0"]],
        ]
    }

    private static var outcome: JSONDocument {
        [
            "name": "Outcome",
            "title": "What became of a command",
            "description": "The property type is the outcome, message_id is <commandId>/<outcome>.",
            "headers": reference("components", "schemas", "OutcomeHeaders"),
            "payload": reference("components", "schemas", "Outcome"),
        ]
    }

    private static var reply: JSONDocument {
        [
            "name": "Reply",
            "title": "What became of a command, for who sent it",
            "description": "The property type is the outcome, message_id is <commandId>/<outcome>.",
            "correlationId": correlation,
            "headers": reference("components", "schemas", "OutcomeHeaders"),
            "payload": reference("components", "schemas", "Outcome"),
        ]
    }

    private static var deadLetter: JSONDocument {
        [
            "name": "DeadLetter",
            "title": "A command that got no answer from GWS",
            "description":
                "Properties are the command's, but user_id and expiration, which would act again on the copy.",
            "headers": Schema.deadLetterHeaders,
            "payload": ["description": "The command as it came, whatever it is."],
        ]
    }
}
