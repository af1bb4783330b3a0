import Bridge
import Foundation
import Yams

/// A YAML file, flattened to keys and texts with their lines. `amqp: {url: …}` and `amqp.url: …` are the same.
struct ConfigurationFile {
    struct Entry {
        var key: ConfigurationKey
        var texts: [String]
        /// What they mean, of a key that is a list of rules.
        var rules: [Permissions.Rule]?
        var origin: Origin
    }

    /// The directory that relative paths in it are relative to.
    let directory: String
    private(set) var entries: [String: Entry] = [:]

    /// - Parameter names: The keys that are wanted, where the others are to be passed over, whatever stands there.
    init(path: String, only names: [String]? = nil) throws(ConfigurationError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("\(path): cannot be read; is it there, and may this user read it?")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), path: path, only: names)
    }

    init(yaml: String, path: String, only names: [String]? = nil) throws(ConfigurationError) {
        directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard let root = try Self.root(of: yaml, path: path) else { return }
        try add(root, under: "", path: path, only: names)
    }

    /// The top level mapping; `nil` for a file of comments only.
    static func root(of yaml: String, path: String) throws(ConfigurationError) -> Node.Mapping? {
        let node: Node?
        do {
            node = try Parser(yaml: yaml).singleRoot()
        } catch {
            throw ConfigurationError("\(path): is no valid YAML: \(Self.line(for: error))")
        }
        guard let node, !node.isNull else { return nil }
        guard let mapping = node.mapping else {
            throw ConfigurationError(
                at: node.origin(path), "configuration", "must be a mapping of keys to values")
        }
        return mapping
    }

    private mutating func add(
        _ mapping: Node.Mapping, under parent: String, path: String, only names: [String]?
    ) throws(ConfigurationError) {
        for (keyNode, value) in mapping {
            let origin = keyNode.origin(path)
            let name = parent + (keyNode.scalar?.string ?? "?")
            if let names, !names.contains(where: { $0 == name || $0.hasPrefix("\(name).") }) { continue }
            guard let key = ConfigurationKey.named(name) else {
                let isGroup = ConfigurationKey.all.contains { $0.name.hasPrefix("\(name).") }
                guard isGroup else {
                    let suggestion = ConfigurationError.suggestion(
                        for: name, among: ConfigurationKey.all.map(\.name))
                    throw ConfigurationError(at: origin, name, "unknown key\(suggestion)")
                }
                if value.isNull { continue }
                guard let group = value.mapping else {
                    throw ConfigurationError(at: origin, name, "must be a mapping, its keys stand beneath it")
                }
                try add(group, under: "\(name).", path: path, only: names)
                continue
            }
            if value.isNull { continue }
            guard entries[name] == nil else { throw ConfigurationError(at: origin, name, "is there twice") }
            if case .rules = key.kind {
                let rules = try PermissionRules(value, of: name, path: path).rules
                entries[name] = Entry(
                    key: key, texts: rules.map(PermissionRules.text), rules: rules, origin: origin)
            } else {
                entries[name] = Entry(key: key, texts: try texts(of: value, for: key, origin), origin: origin)
            }
        }
    }

    private func texts(of node: Node, for key: ConfigurationKey, _ origin: Origin) throws(ConfigurationError)
        -> [String]
    {
        switch (node, key.kind) {
        case (.scalar(let scalar), .list), (.scalar(let scalar), .url(_, several: true)):
            return scalar.string.listed
        case (.scalar(let scalar), _): return [scalar.string]
        case (.sequence(let sequence), .list), (.sequence(let sequence), .url(_, several: true)):
            let texts = sequence.compactMap { $0.scalar?.string }
            guard texts.count == sequence.count else {
                throw ConfigurationError(at: origin, key.name, "must be a list of texts")
            }
            return texts
        case (.sequence, _): throw ConfigurationError(at: origin, key.name, "must be one value, not a list")
        default: throw ConfigurationError(at: origin, key.name, "must be a value, not a mapping")
        }
    }

    /// Yams describes errors over several lines, with the text and an arrow; one line is what we may say.
    private static func line(for error: any Error) -> String {
        guard let error = error as? YamlError else { return "\(error)" }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "\(problem) in line \(mark.line), column \(mark.column)"
        case .duplicatedKeysInMapping(let duplicates, _):
            return "a key is there twice: \(duplicates.joined(separator: ", "))"
        default: return "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
        }
    }
}

extension Node {
    /// `key:` with nothing after it, `~` and `null`: as if it was not there.
    var isNull: Bool { tag == Tag(.null) }

    func origin(_ path: String) -> Origin { .file(path, line: mark?.line ?? 1) }
}

extension String {
    /// A list written in one line, by comma.
    var listed: [String] {
        split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
