import Foundation
import Yams

/// An agent whose session the bridge runs, with what it takes to log in.
struct ConfiguredAgent: Sendable, Hashable {
    /// As in commands and headers.
    var name: String
    /// For GWS.
    var userName: String
    var password: String
}

/// The file of the agents: a YAML list, of which each entry is read by the table of ``fields``.
struct AgentsFile {
    private struct Field {
        let name: String
        /// What this version can do with it.
        var allowed: Allowed = .anything

        enum Allowed {
            case anything
            case only(String)
            case nothing
        }
    }

    private static let fields: [Field] = [
        Field(name: "name"), Field(name: "user-name"), Field(name: "password-file"),
        Field(name: "password-env"),
        Field(name: "login", allowed: .only("observe")), Field(name: "channels", allowed: .nothing),
        Field(name: "place", allowed: .nothing), Field(name: "login-code", allowed: .nothing),
    ]

    let agents: [ConfiguredAgent]

    init(path: String, environment: [String: String]) throws(ConfigurationError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("\(path): cannot be read; is it there, and may this user read it?")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), path: path, environment: environment)
    }

    init(yaml: String, path: String, environment: [String: String]) throws(ConfigurationError) {
        let root = try ConfigurationFile.root(of: yaml, path: path)
        for (key, _) in root ?? [:] where key.scalar?.string != "agents" {
            let name = key.scalar?.string ?? "?"
            let suggestion = ConfigurationError.suggestion(for: name, among: ["agents"])
            throw ConfigurationError(at: key.origin(path), name, "unknown key\(suggestion)")
        }
        guard let list = root?["agents"]?.sequence, !list.isEmpty else {
            throw ConfigurationError("\(path): agents: must be a list of at least one agent")
        }
        var agents: [ConfiguredAgent] = []
        for (index, node) in list.enumerated() {
            let reader = EntryReader(node: node, index: index, path: path, environment: environment)
            let agent = try reader.agent()
            guard !agents.contains(where: { $0.name == agent.name }) else {
                throw ConfigurationError(
                    at: node.origin(path), "agents[\(index)].name", "\"\(agent.name)\" is there twice")
            }
            agents.append(agent)
        }
        self.agents = agents
    }

    private struct EntryReader {
        let node: Node
        let index: Int
        let path: String
        let environment: [String: String]

        func agent() throws(ConfigurationError) -> ConfiguredAgent {
            try checkFields()
            guard let name = try text("name"), !name.isEmpty else {
                throw error("name", "is missing")
            }
            return ConfiguredAgent(
                name: name, userName: try text("user-name") ?? name, password: try password())
        }

        private func checkFields() throws(ConfigurationError) {
            guard let mapping = node.mapping else {
                throw ConfigurationError(
                    at: node.origin(path), "agents[\(index)]", "must be a mapping, like name: \"5001\"")
            }
            for (key, value) in mapping where !value.isNull {
                let name = key.scalar?.string ?? "?"
                guard let field = AgentsFile.fields.first(where: { $0.name == name }) else {
                    let suggestion = ConfigurationError.suggestion(
                        for: name, among: AgentsFile.fields.map(\.name))
                    throw error(name, "unknown field\(suggestion)", at: key)
                }
                switch field.allowed {
                case .anything: break
                case .only(let text) where value.scalar?.string == text: break
                case .only(let text):
                    throw error(name, "is not available in this version; leave it out or at \(text)", at: key)
                case .nothing: throw error(name, "is not available in this version; leave it out", at: key)
                }
            }
        }

        private func password() throws(ConfigurationError) -> String {
            switch (try text("password-file"), try text("password-env")) {
            case (let file?, nil):
                let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
                return try PasswordFile.read(file.hasPrefix("/") ? file : "\(directory)/\(file)")
            case (nil, let variable?):
                guard !variable.hasPrefix(ConfigurationKey.environmentPrefix) else {
                    let prefix = ConfigurationKey.environmentPrefix
                    throw error(
                        "password-env",
                        "\(variable) must not begin with \(prefix), such names are the configuration's")
                }
                guard let password = environment[variable], !password.isEmpty else {
                    throw error("password-env", "the variable \(variable) is not set")
                }
                return password
            case (nil, nil): throw error("password-file", "is missing; give it or password-env")
            default: throw error("password-env", "is there beside password-file; give one of them")
            }
        }

        private func text(_ field: String) throws(ConfigurationError) -> String? {
            guard let value = node.mapping?[field], !value.isNull else { return nil }
            guard let scalar = value.scalar else { throw error(field, "must be text", at: value) }
            return scalar.string
        }

        private func error(_ field: String, _ reason: String, at place: Node? = nil) -> ConfigurationError {
            ConfigurationError(at: (place ?? node).origin(path), "agents[\(index)].\(field)", reason)
        }
    }
}

/// A secret in a file of its own, as Docker and systemd hand them over.
enum PasswordFile {
    /// Without the line end that editors and `echo` leave behind.
    static func read(_ path: String) throws(ConfigurationError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("\(path): cannot be read; is it there, and may this user read it?")
        }
        guard var text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8")
        }
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw ConfigurationError("\(path): is empty, but must hold a password") }
        return text
    }
}
