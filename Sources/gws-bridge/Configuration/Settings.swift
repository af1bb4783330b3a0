import Bridge
import Configuration
import Foundation

/// The configuration, read and checked: a value for every key that has one. The environment goes before the file,
/// and both before the defaults.
struct Settings: Sendable {
    struct Setting: Sendable, Hashable {
        var value: ConfigurationValue
        /// As it was written.
        var texts: [String]
        var origin: Origin
    }

    private(set) var settings: [String: Setting] = [:]
    let environment: [String: String]

    /// - Parameter names: The keys that are wanted, where the others do not matter, however wrong they may be.
    init(
        file path: String?, environment: [String: String], only names: [String]? = nil
    ) throws(ConfigurationError) {
        try self.init(
            file: path.map { path throws(ConfigurationError) in
                try ConfigurationFile(path: path, only: names)
            },
            environment: environment, only: names)
    }

    init(
        file: ConfigurationFile?, environment: [String: String], only names: [String]? = nil
    ) throws(ConfigurationError) {
        self.environment = environment
        if names == nil { try Self.refuseUnknown(environment) }
        let reader = Self.reader(file: file, environment: environment)
        for key in ConfigurationKey.all where names?.contains(key.name) ?? true {
            guard let texts = Self.texts(of: key, from: reader), !texts.isEmpty else { continue }
            let origin = Self.origin(of: key, file: file, environment: environment)
            settings[key.name] = try Self.setting(key, texts: texts, origin: origin, file: file)
        }
    }

    /// Every name that begins as ours must be ours: a misspelt variable is otherwise never noticed.
    private static func refuseUnknown(_ environment: [String: String]) throws(ConfigurationError) {
        let known = ConfigurationKey.all.map(\.environmentName)
        let unknown = environment.keys.filter {
            $0.hasPrefix(ConfigurationKey.environmentPrefix) && !known.contains($0)
        }
        guard let name = unknown.min() else { return }
        let suggestion = ConfigurationError.suggestion(for: name, among: known)
        throw ConfigurationError("\(name): unknown variable\(suggestion)")
    }

    private static func reader(file: ConfigurationFile?, environment: [String: String]) -> ConfigReader {
        // An empty variable is one that is not set: compose files and units cannot leave one out.
        let environment = EnvironmentVariablesProvider(
            environmentVariables: environment.filter { !$0.value.isEmpty })
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in ConfigurationKey.all {
            if let standard = key.standard {
                values[key.absolute] = key.content(key.isList ? standard.listed : [standard])
            }
            if let entry = file?.entries[key.name] { values[key.absolute] = key.content(entry.texts) }
        }
        return ConfigReader(providers: [
            environment.prefixKeys(with: ["gws", "bridge"]), InMemoryProvider(name: "file", values: values),
        ])
    }

    private static func texts(of key: ConfigurationKey, from reader: ConfigReader) -> [String]? {
        let name = ConfigKey(key.absolute.components)
        guard key.isList else { return reader.string(forKey: name, isSecret: key.isSecret).map { [$0] } }
        return reader.stringArray(forKey: name, isSecret: key.isSecret)?.filter { !$0.isEmpty }
    }

    private static func origin(
        of key: ConfigurationKey, file: ConfigurationFile?, environment: [String: String]
    ) -> Origin {
        if environment[key.environmentName]?.isEmpty == false { return .environment(key.environmentName) }
        return file?.entries[key.name]?.origin ?? .standard
    }

    private static func setting(
        _ key: ConfigurationKey, texts: [String], origin: Origin, file: ConfigurationFile?
    ) throws(ConfigurationError) -> Setting {
        var directory = FileManager.default.currentDirectoryPath
        if case .file = origin, let file { directory = file.directory }
        if case .environment = origin, case .rules = key.kind {
            throw ConfigurationError(
                at: origin, key.name, "can only be given in the file: it is a list of mappings")
        }
        do throws(ConfigurationValue.Refusal) {
            let value =
                if let rules = file?.entries[key.name]?.rules {
                    ConfigurationValue.rules(rules)
                } else {
                    try ConfigurationValue(texts, kind: key.kind, directory: directory)
                }
            return Setting(value: value, texts: texts, origin: origin)
        } catch {
            throw ConfigurationError(at: origin, key.name, error.reason)
        }
    }
}

extension ConfigurationKey {
    fileprivate var absolute: AbsoluteConfigKey {
        AbsoluteConfigKey(name.split(separator: ".").map(String.init))
    }

    fileprivate var isList: Bool {
        switch kind {
        case .list, .rules, .url(_, several: true): true
        default: false
        }
    }

    fileprivate func content(_ texts: [String]) -> ConfigValue {
        ConfigValue(isList ? .stringArray(texts) : .string(texts.joined(separator: ",")), isSecret: isSecret)
    }
}

// MARK: - Asking for a value

extension Settings {
    /// The keys are written out where they are used, and each is in the table: a wrong one is our mistake, and the
    /// tests, which read them all, would stop here.
    private func value(_ name: String) -> ConfigurationValue? {
        precondition(ConfigurationKey.named(name) != nil, "\(name) is no key of the configuration")
        return settings[name]?.value
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = value(name) else { return nil }
        return text
    }

    func list(_ name: String) -> [String] {
        guard case .list(let list) = value(name) else { return [] }
        return list
    }

    func flag(_ name: String) -> Bool { value(name) == .flag(true) }

    func number(_ name: String) -> Int {
        guard case .number(let number) = value(name) else { preconditionFailure("\(name) has no default") }
        return number
    }

    /// Bytes.
    func size(_ name: String) -> Int {
        guard case .size(let size) = value(name) else { preconditionFailure("\(name) has no default") }
        return size
    }

    func duration(_ name: String) -> Duration {
        guard case .duration(let duration) = value(name) else {
            preconditionFailure("\(name) has no default")
        }
        return duration
    }

    func rules(_ name: String) -> [Permissions.Rule] {
        guard case .rules(let rules) = value(name) else { return [] }
        return rules
    }

    func origin(_ name: String) -> Origin { settings[name]?.origin ?? .standard }
}
