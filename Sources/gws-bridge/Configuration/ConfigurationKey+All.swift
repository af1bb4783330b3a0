extension ConfigurationKey {
    private static let moment = Duration.milliseconds(1)
    private static let tlsHelp = "PEM file of the authorities to trust"

    /// Every key that there is, in the order in which they are printed.
    static let all: [ConfigurationKey] = [
        .init("prefix", .name, "gws", "Beginning of the names of all exchanges and queues."),
        .init(
            "instance", .text, nil,
            "This process's name in logs and events; host name and process id if left out."),

        .init(
            "amqp.url", .url(schemes: ["amqp", "amqps"], several: true), nil,
            "The broker: `amqp://user:password@host:5672/vhost`, or `amqps`. Several are tried in turn.",
            isSecret: true),
        .init(
            "amqp.heartbeat", .duration(.seconds(1) ... .seconds(3600), wholeSeconds: true), "10s",
            "How often both sides of a connection give a sign of life."),
        .init(
            "amqp.topology", .choice(["declare", "check", "none"]), "declare",
            "Declare exchanges and queues, only check that they are there, or leave them alone."),
        .init(
            "amqp.mechanism", .choice(["plain", "external"]), "plain",
            "How to log in: by user and password, or by the client certificate."),
        .init("amqp.tls.ca-file", .path, nil, "\(tlsHelp) for `amqps`."),
        .init("amqp.tls.certificate-file", .path, nil, "PEM file of the client certificate."),
        .init("amqp.tls.key-file", .path, nil, "PEM file of its key."),
        .init(
            "amqp.tls.server-name", .text, nil,
            "Name that the broker's certificate must have, if not the host's."),

        .init("gws.url", .url(schemes: ["http", "https"], several: false), nil, "GWS: `http://host:8080`."),
        .init(
            "gws.connect-timeout", .duration(moment ... .seconds(600)), "2s",
            "How long to wait for a connection."),
        .init(
            "gws.request-timeout", .duration(moment ... .seconds(600)), "5s",
            "How long to wait for an answer."),
        .init(
            "gws.subscriptions", .list, "/v2/me/*,/v2/me,/notifications/services",
            "Channels that each agent's session subscribes to."),
        .init("gws.acknowledge", .flag, "true", "Use the acknowledgement extension where GWS offers it."),
        .init("gws.login-rate", .number(1...10_000), "20", "Logins a second, at most."),
        .init("gws.tls.ca-file", .path, nil, "\(tlsHelp) for `https`; the system's if left out."),

        .init(
            "agent", .text, nil, "The agent, where there is one only: its name, and its user name for GWS."),
        .init("agent-password", .text, nil, "Its password.", isSecret: true),
        .init("agent-password-file", .path, nil, "File that holds its password."),
        .init("agents-file", .path, nil, "YAML file of the agents, where there are several."),

        .init(
            "commands.shards", .number(1...1024), "1",
            "Command queues that the agents are spread over; the same for all processes."),
        .init(
            "commands.prefetch", .number(1...65_535), "1000",
            "Commands taken from each queue and not settled."),
        .init("commands.concurrency", .number(1...10_000), "64", "Commands on their way to GWS at one time."),
        .init(
            // No command is held for longer, see Envelope.
            "commands.lifetime", .duration(moment ... .seconds(900)), "60s",
            "After this a command is not sent."),
        .init(
            "commands.confirm", .choice(["on", "off"]), "on",
            "Wait for the state change that a command is for."),
        .init(
            // Nor is one held for longer that waits for this.
            "commands.confirm-within", .duration(moment ... .seconds(900)), "5s",
            "How long to wait for it, where the command does not say."),
        .init(
            "commands.delivery-limit", .number(1...1_000), "10",
            "How often the broker hands out a command before it gives it up."),
        .init(
            "operations.allow-unknown", .list, nil,
            "Operations to let through unchecked, whether the catalogue knows them or not."
        ),

        .init(
            "permissions.default", .choice(["allow", "deny"]), "allow",
            "What holds for commands of a user whom no rule names, or of none."),
        .init(
            "permissions.rules", .rules, nil, "Who may do what to whom: each `user`, `operations`, `agents`."),

        .init(
            "events.cloud-events", .flag, "false",
            "Add the attributes of CloudEvents to events, as headers `cloudEvents_…`."),
        .init(
            "events.stream.enabled", .flag, "false",
            "Keep the events in a stream, too, for who comes late or begins again."),
        .init(
            "events.stream.max-age",
            .duration(.seconds(1) ... .seconds(315_360_000), wholeSeconds: true), "7d",
            "For how long."),
        .init("events.stream.max-size", .size, "10GiB", "And how much of them."),
        .init(
            "events.alternate-exchange", .name, nil,
            "Exchange of yours where events go that no queue is bound for; they are dropped if left out."),

        .init(
            "store.directory", .path, "gws-bridge-store", "Where the bridge keeps what must survive it."),
        .init(
            "store.ledger", .choice(["on", "off"]), "on",
            "Keep there what became of commands; off: in memory only, which no restart survives."),
        .init(
            // For as long as a command may be held its entry is needed: Envelope.longestHold.
            "store.ledger-age", .duration(.seconds(900) ... .seconds(315_360_000)), "24h",
            "For how long after the last news of a command."),
        .init("store.ledger-count", .number(1...1_000_000_000), "1000000", "And of how many commands."),
        .init("store.spool-size", .size, "1GiB", "Events kept while the broker is away: how much."),
        .init(
            "store.spool-age", .duration(.seconds(1) ... .seconds(315_360_000)), "24h", "And for how long."),
        .init(
            "store.durability", .choice(["process", "power"]), "process",
            "What the store survives: the end of the process, or of the power."),

        .init("console.host", .text, "127.0.0.1", "Address of the console, and of the endpoint for health."),
        .init("console.port", .number(0...65_535), "9180", "Its port; 0 turns it off."),
        .init(
            "console.token-file", .path, nil,
            "File that holds a token: who reads the console or the metrics must send it, `Bearer`."),
        .init(
            "console.personal-data", .flag, "false", "Show on the console who takes part in a call."),

        .init(
            "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            "info",
            "The least that is logged."),
        .init(
            "log.format", .choice(["text", "json"]), "text", "One line of text or one JSON object an entry."),
        .init(
            "shutdown.timeout", .duration(moment ... .seconds(3600)), "20s",
            "How long a stop may take before it is cut short."),
    ]
}
