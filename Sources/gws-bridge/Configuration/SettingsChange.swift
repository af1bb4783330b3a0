/// What a configuration that was read again asks for, beside the one that the process runs with.
struct SettingsChange: Equatable {
    /// What a running process takes up.
    static let reloadable: Set<String> = [
        "agent", "agent-password", "agent-password-file", "agents-file", "log.level", "permissions.default",
        "permissions.rules",
    ]

    /// The keys that are taken up, sorted.
    let changed: [String]
    /// The keys that only a new start takes up, sorted.
    let needsRestart: [String]

    /// - Parameters:
    ///   - start: what the process began with.
    ///   - now: what was read last, which may be the same.
    init(from start: Settings, by now: Settings, to new: Settings) {
        let keys = ConfigurationKey.all.map(\.name).sorted()
        changed = keys.filter { Self.reloadable.contains($0) && now.differs(from: new, in: $0) }
        needsRestart = keys.filter { !Self.reloadable.contains($0) && start.differs(from: new, in: $0) }
    }
}

extension Settings {
    fileprivate func differs(from other: Settings, in key: String) -> Bool {
        settings[key]?.value != other.settings[key]?.value
    }
}
