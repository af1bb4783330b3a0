/// An AsyncAPI 3.0 document of the bridge: what it takes from the broker and what it puts there, with the exchanges,
/// queues and keys of a prefix.
package struct AsyncAPI: Sendable {
    let names: Names
    let topology: BridgeTopology

    let virtualHost: String
    /// Names of the operations that go through unchecked.
    let allowed: [String]

    package init(prefix: String, virtualHost: String = "/", allowed: [String] = []) {
        self.virtualHost = virtualHost
        self.allowed = allowed
        names = Names(prefix: prefix)
        // How often a command is delivered is no part of the document.
        topology = BridgeTopology(names: names, deliveryLimit: 1)
    }

    package var document: JSONDocument {
        [
            "asyncapi": "3.0.0",
            "id": "urn:gws-bridge:\(names.prefix)",
            "info": [
                "title": "gws-bridge",
                "version": .string(Bridge.version),
                "description": """
                Joins Genesys Web Services (GWS) and RabbitMQ: commands in, events and outcomes out. It is described from \
                the bridge's side: a microservice sends what the bridge receives, and the other way round. Every \
                segment of a key is percent-encoded as UTF-8 in upper-case hex; ASCII letters, digits and - _ : @ stand \
                for themselves.
                """,
            ],
            "defaultContentType": "application/json",
            "channels": channels,
            "operations": operations,
            "components": [
                "messages": .object(messages),
                "schemas": [
                    "CommandHeaders": Schema.commandHeaders,
                    "OutcomeHeaders": Schema.outcomeHeaders,
                    "Outcome": Schema.outcomeBody,
                    "SessionEventHeaders": Schema.sessionEventHeaders,
                ],
            ],
        ]
    }

    static func reference(_ path: String...) -> JSONDocument {
        ["$ref": .string("#/" + path.joined(separator: "/"))]
    }
}
