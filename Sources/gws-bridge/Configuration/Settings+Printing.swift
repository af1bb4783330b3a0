import Foundation

extension Settings {
    /// The whole configuration as YAML that would be read again: a line a key, and where each value is from.
    /// Secrets are hidden, so what is printed may be shown.
    var printed: String {
        let lines = ConfigurationKey.all.map { key -> (text: String, origin: String) in
            guard let setting = settings[key.name] else { return ("# \(key.name):", "not set") }
            return ("\(key.name): \(setting.text(of: key))", setting.origin.printed)
        }
        let width = min(60, lines.map(\.text.count).max() ?? 0)
        return lines.map { line in
            line.text + String(repeating: " ", count: max(1, width - line.text.count)) + " # \(line.origin)"
        }
        .joined(separator: "\n")
    }

    /// Plain where YAML reads it back as the same text.
    fileprivate static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            ("a"..."z").contains(Character(Unicode.Scalar(byte)))
                || ("A"..."Z").contains(Character(Unicode.Scalar(byte)))
                || ("0"..."9").contains(Character(Unicode.Scalar(byte))) || "-_./:@".utf8.contains(byte)
        }
        let startsPlain = text.first.map { $0.isLetter || $0.isNumber || $0 == "/" } ?? false
        if isPlain, startsPlain, !text.hasSuffix(":") { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension Settings.Setting {
    fileprivate func text(of key: ConfigurationKey) -> String {
        let texts = shown(key)
        switch value {
        case .list: return "[\(texts.map(Settings.quoted).joined(separator: ", "))]"
        // Each is YAML already.
        case .rules: return "[\(texts.joined(separator: ", "))]"
        default: return Settings.quoted(texts[0])
        }
    }

    fileprivate func shown(_ key: ConfigurationKey) -> [String] {
        if case .url = key.kind { return texts.map(Redaction.url) }
        if case .path = key.kind, case .text(let path) = value { return [path] }
        return key.isSecret ? ["***"] : texts
    }
}

extension Origin {
    fileprivate var printed: String {
        switch self {
        case .standard: "default"
        case .environment(let name): name
        case .file(let path, let line): "\(path):\(line)"
        }
    }
}

enum Redaction {
    /// The URL with `***` for a password. What is no URL is hidden altogether.
    static func url(_ text: String) -> String {
        guard let scheme = text.range(of: "://") else { return "***" }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return text }
        let user = authority[..<at].prefix { $0 != ":" }
        let hidden = user.endIndex == at ? "" : ":***"
        return "\(text[..<scheme.upperBound])\(user)\(hidden)\(rest[at...])"
    }
}

extension ConfigurationKey {
    /// The keys as a Markdown table, for the README.
    static var table: String {
        let rows = all.map { key in
            let standard = key.standard.map { "`\($0)`" } ?? "–"
            return "| `\(key.name)` | \(standard) | \(key.help) |"
        }
        return (["| key | default | |", "|---|---|---|"] + rows).joined(separator: "\n")
    }
}
