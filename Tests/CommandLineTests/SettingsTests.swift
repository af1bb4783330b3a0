import Testing

@testable import gws_bridge

/// The configuration as an operator meets it: what may be written, what it means, and what is refused how.
@Suite struct SettingsTests {
    @Test func `everything has its default`() throws {
        let settings = try Settings(yaml: "")
        #expect(settings.text("prefix") == "gws")
        #expect(settings.duration("amqp.heartbeat") == .seconds(10))
        #expect(settings.list("gws.subscriptions") == ["/v2/me/*", "/v2/me", "/notifications/services"])
        #expect(settings.flag("gws.acknowledge"))
        #expect(settings.number("gws.login-rate") == 20)
        #expect(settings.number("console.port") == 9180)
        #expect(settings.text("agents-file") == nil)
        #expect(settings.list("operations.allow-unknown") == [])
        #expect(settings.origin("prefix") == .standard)
    }

    @Test func `keys may be nested or dotted`() throws {
        let nested = try Settings(yaml: "amqp:\n  tls:\n    server-name: broker\n  heartbeat: 5s\n")
        let dotted = try Settings(yaml: "amqp.tls.server-name: broker\namqp: {heartbeat: 5s}\n")
        for settings in [nested, dotted] {
            #expect(settings.text("amqp.tls.server-name") == "broker")
            #expect(settings.duration("amqp.heartbeat") == .seconds(5))
        }
    }

    @Test func `the environment goes before the file`() throws {
        let settings = try Settings(
            yaml: "prefix: file\ninstance: one\n", environment: ["GWS_BRIDGE_PREFIX": "env", "HOME": "/"])
        #expect(settings.text("prefix") == "env")
        #expect(settings.origin("prefix") == .environment("GWS_BRIDGE_PREFIX"))
        #expect(settings.text("instance") == "one")
        #expect(settings.origin("instance") == .file("/etc/bridge/bridge.yaml", line: 2))
    }

    @Test func `an empty variable and a key without a value are not set`() throws {
        let settings = try Settings(
            yaml: "prefix:\nagent: ~\namqp:\n", environment: ["GWS_BRIDGE_PREFIX": ""])
        #expect(settings.text("prefix") == "gws")
        #expect(settings.text("agent") == nil)
    }

    @Test func `a list is a YAML list, or one line by comma`() throws {
        let urls = ["amqp://one", "amqps://two:5671/v"]
        #expect(try Settings(yaml: "amqp.url: [amqp://one, 'amqps://two:5671/v']").list("amqp.url") == urls)
        #expect(try Settings(yaml: "amqp.url: amqp://one, amqps://two:5671/v").list("amqp.url") == urls)
        let environment = ["GWS_BRIDGE_AMQP_URL": "amqp://one,amqps://two:5671/v"]
        #expect(try Settings(yaml: "", environment: environment).list("amqp.url") == urls)
    }

    @Test func `a path in the file is relative to the file`() throws {
        let settings = try Settings(yaml: "amqp.tls.ca-file: ca.pem\nagents-file: /run/agents.yaml\n")
        #expect(settings.text("amqp.tls.ca-file") == "/etc/bridge/ca.pem")
        #expect(settings.text("agents-file") == "/run/agents.yaml")
    }

    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("5s", .seconds(5)), ("10m", .seconds(600)),
        ("2h", .seconds(7200)),
        ("1d", .seconds(86_400)),
    ])
    func `durations have a unit`(text: String, duration: Duration) throws {
        #expect(try ConfigurationValue.duration(text) == duration)
        #expect(ConfigurationValue.text(duration) == text)
    }

    @Test(arguments: [
        "", "5", "s", "5 s", "-5s", "1.5s", "5sec", "99999999999999999999d", "9223372036854775807d", "٥s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(throws: ConfigurationValue.Refusal.self) { try ConfigurationValue.duration(text) }
    }

    @Test func `sizes have a unit`() throws {
        #expect(try ConfigurationValue.size("64KiB") == 65_536)
        #expect(try ConfigurationValue.size("1GiB") == 1_073_741_824)
        #expect(throws: ConfigurationValue.Refusal.self) { try ConfigurationValue.size("64KB") }
    }

    @Test(arguments: [
        ("prefx: gws", "/etc/bridge/bridge.yaml:1: prefx: unknown key; did you mean \"prefix\"?"),
        (
            "# a comment\namqp:\n  hearbeat: 5s",
            "/etc/bridge/bridge.yaml:3: amqp.hearbeat: unknown key; did you mean \"amqp.heartbeat\"?"
        ),
        ("completely-else: 1", "/etc/bridge/bridge.yaml:1: completely-else: unknown key"),
        ("amqp: 5", "/etc/bridge/bridge.yaml:1: amqp: must be a mapping, its keys stand beneath it"),
        ("prefix: [a]", "/etc/bridge/bridge.yaml:1: prefix: must be one value, not a list"),
        ("prefix: {a: b}", "/etc/bridge/bridge.yaml:1: prefix: must be a value, not a mapping"),
        ("amqp.url: [{a: b}]", "/etc/bridge/bridge.yaml:1: amqp.url: must be a list of texts"),
        (
            "prefix: a b",
            "/etc/bridge/bridge.yaml:1: prefix: \"a b\" must be at most 100 letters, digits, \"-\", \"_\" and \".\""
        ),
        (
            "amqp.heartbeat: 10",
            "/etc/bridge/bridge.yaml:1: amqp.heartbeat: \"10\" is no duration; write it like 250ms, 5s, 10m, 24h or 7d"
        ),
        (
            "amqp.heartbeat: 0s",
            "/etc/bridge/bridge.yaml:1: amqp.heartbeat: 0s must be at least 1s and at most 1h"
        ),
        (
            "store.ledger-age: 14m",
            "/etc/bridge/bridge.yaml:1: store.ledger-age: 14m must be at least 15m and at most 3650d"
        ),
        ("amqp.heartbeat: 1500ms", "/etc/bridge/bridge.yaml:1: amqp.heartbeat: 1500ms must be whole seconds"),
        (
            "console.port: 65536",
            "/etc/bridge/bridge.yaml:1: console.port: \"65536\" must be a whole number, 0 to 65535"
        ),
        (
            "gws.acknowledge: perhaps",
            "/etc/bridge/bridge.yaml:1: gws.acknowledge: \"perhaps\" must be true or false"
        ),
        (
            "amqp.topology: make",
            "/etc/bridge/bridge.yaml:1: amqp.topology: \"make\" must be one of \"declare\", \"check\", \"none\""
        ),
        (
            "gws.url: gws:8080",
            "/etc/bridge/bridge.yaml:1: gws.url: must be a URL like http://host or https://host; "
                + "special characters in it percent-encoded"
        ),
        ("prefix: a\nprefix: b", "/etc/bridge/bridge.yaml: is no valid YAML: a key is there twice: prefix"),
        (
            "amqp: {heartbeat: 5s}\namqp.heartbeat: 6s",
            "/etc/bridge/bridge.yaml:2: amqp.heartbeat: is there twice"
        ),
        ("- prefix", "/etc/bridge/bridge.yaml:1: configuration: must be a mapping of keys to values"),
    ])
    func `a wrong file is refused with the line and the key`(yaml: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try Settings(yaml: yaml) }
    }

    @Test func `what is no YAML is refused in one line`() throws {
        let error = try #require(throws: ConfigurationError.self) { try Settings(yaml: "prefix: [a\nb: {") }
        #expect(error.description.hasPrefix("/etc/bridge/bridge.yaml: is no valid YAML: "))
        #expect(!error.description.contains("\n"))
    }

    @Test func `an unknown variable is refused`() {
        let error = ConfigurationError(
            "GWS_BRIDGE_AMPQ_URL: unknown variable; did you mean \"GWS_BRIDGE_AMQP_URL\"?")
        #expect(throws: error) { try Settings(yaml: "", environment: ["GWS_BRIDGE_AMPQ_URL": "amqp://a"]) }
    }

    @Test func `a wrong variable is refused by its name`() {
        let error = ConfigurationError(
            "GWS_BRIDGE_CONSOLE_PORT: console.port: \"high\" must be a whole number, 0 to 65535")
        #expect(throws: error) { try Settings(yaml: "", environment: ["GWS_BRIDGE_CONSOLE_PORT": "high"]) }
    }

    @Test func `printed, the configuration is read again as the same`() throws {
        let yaml = """
            prefix: test
            amqp: {heartbeat: 5s, tls: {ca-file: ca.pem, server-name: "a \\"b\\" c"}}
            gws.subscriptions: [/v2/me/*]
            operations.allow-unknown: [A, B]
            permissions.rules: [{user: "a \\"b\\"", operations: [X, "*"], agents: 5001}]
            """
        let settings = try Settings(yaml: yaml)
        #expect(try Settings(yaml: settings.printed).values == settings.values)
    }

    @Test func `printed, no password is shown`() throws {
        let settings = try Settings(
            yaml: "amqp.url: [amqp://bridge:s3cret@host/v, amqps://only-user@host]\nagent-password: s3cret\n",
            environment: ["GWS_BRIDGE_GWS_URL": "http://u:s3cret@gws"])
        #expect(!settings.printed.contains("s3cret"))
        #expect(settings.printed.contains("amqp://bridge:***@host/v"))
        #expect(settings.printed.contains("amqps://only-user@host"))
        #expect(settings.printed.contains("http://u:***@gws"))
        #expect(settings.printed.contains("GWS_BRIDGE_GWS_URL"))
    }

    @Test(arguments: [
        ("amqp://u:p@h", "amqp://u:***@h"), ("amqp://u:p%40@h:1/v?x=@", "amqp://u:***@h:1/v?x=@"),
        ("amqp://u:a@b@h", "amqp://u:***@h"), ("amqp://h/v", "amqp://h/v"), ("u:p@h", "***"),
    ])
    func `a password in a URL is hidden`(url: String, shown: String) {
        #expect(Redaction.url(url) == shown)
    }
}

extension Settings {
    init(yaml: String, environment: [String: String] = [:]) throws(ConfigurationError) {
        try self.init(
            file: try ConfigurationFile(yaml: yaml, path: "/etc/bridge/bridge.yaml"), environment: environment
        )
    }

    fileprivate var values: [String: ConfigurationValue] { settings.mapValues(\.value) }
}

extension ConfigurationKey: CustomTestStringConvertible {
    public var testDescription: String { name }

    /// The key set to something that is right, and not its default.
    fileprivate var otherYAML: String {
        switch kind {
        case .flag: "\(name): true"
        case .choice(let choices):
            "\(name): \(choices.first { $0 != standard } ?? "?")"
        case .number: "\(name): 7"
        case .duration: "\(name): 77s"
        case .size: "\(name): 77MiB"
        default: "\(name): other"
        }
    }
}
