/// One key of the configuration, as data. Reading, checking, the refusal of unknown keys, `--print-configuration`
/// and the table in the README all come from the rows of ``ConfigurationKey/all``.
struct ConfigurationKey: Sendable {
    /// What a value must look like.
    enum Kind: Sendable {
        /// Any text that is not empty.
        case text
        /// Part of AMQP names: letters, digits, `-`, `_` and `.`.
        case name
        /// A path. A relative one is relative to the file it stands in, or to the working directory.
        case path
        /// `scheme://…`, with one of these schemes; several of them if `several`.
        case url(schemes: [String], several: Bool)
        case list
        case flag
        case choice([String])
        case number(ClosedRange<Int>)
        /// `250ms`, `5s`, `10m`, `24h`, `7d`.
        case duration(ClosedRange<Duration>, wholeSeconds: Bool = false)
        /// `64KiB`, `1GiB`.
        case size
        /// A list of mappings, which only a file can hold.
        case rules
    }

    let name: String
    let kind: Kind
    /// As one would write it. `nil`: no default.
    let standard: String?
    let help: String
    var isSecret = false

    init(
        _ name: String, _ kind: Kind, _ standard: String?, _ help: String, isSecret: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.help = help
        self.isSecret = isSecret
    }

    /// `GWS_BRIDGE_AMQP_TLS_CA_FILE` for `amqp.tls.ca-file`.
    var environmentName: String {
        Self.environmentPrefix
            + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }

    static let environmentPrefix = "GWS_BRIDGE_"

    static func named(_ name: String) -> ConfigurationKey? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
