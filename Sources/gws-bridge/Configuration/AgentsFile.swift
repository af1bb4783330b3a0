import Bridge
import Foundation
import GWS
import Yams

/// The file of the agents: a YAML list of mappings.
struct AgentsFile {
    private static let fields =
        ["name", "user-name", "password-file", "password-env", "login"] + startFields
    /// What only the one who logs the agent in has a use for.
    private static let startFields = ["channels", "place", "login-code", "queue", "device-path"]

    /// How a file is read; nil if it cannot be.
    typealias Reading = (_ path: String) -> Data?
    static func read(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

    let agents: [AgentConfiguration]

    init(
        path: String, environment: [String: String], reading: @escaping Reading = AgentsFile.read
    ) throws(ConfigurationError) {
        guard let data = reading(path) else {
            throw ConfigurationError("\(path): cannot be read; is it there, and may this user read it?")
        }
        try self.init(
            yaml: String(decoding: data, as: UTF8.self), path: path, environment: environment,
            reading: reading)
    }

    init(
        yaml: String, path: String, environment: [String: String],
        reading: @escaping Reading = AgentsFile.read
    ) throws(ConfigurationError) {
        let root = try ConfigurationFile.root(of: yaml, path: path)
        for (key, _) in root ?? [:] where key.scalar?.string != "agents" {
            let name = key.scalar?.string ?? "?"
            let suggestion = ConfigurationError.suggestion(for: name, among: ["agents"])
            throw ConfigurationError(at: key.origin(path), name, "unknown key\(suggestion)")
        }
        guard let list = root?["agents"]?.sequence, !list.isEmpty else {
            throw ConfigurationError("\(path): agents: must be a list of at least one agent")
        }
        var agents: [AgentConfiguration] = []
        for (index, node) in list.enumerated() {
            let reader = EntryReader(
                node: node, index: index, path: path, environment: environment, reading: reading)
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
        let reading: Reading

        func agent() throws(ConfigurationError) -> AgentConfiguration {
            try checkFields()
            guard let name = try text("name"), !name.isEmpty else {
                throw error("name", "is missing")
            }
            return AgentConfiguration(
                AgentCredentials(
                    agent: name, userName: try text("user-name") ?? name, password: try password()),
                login: try login())
        }

        private func login() throws(ConfigurationError) -> AgentConfiguration.Login {
            switch try text("login") {
            case nil, "observe"?:
                let useless = AgentsFile.startFields.first { node.mapping?[$0].map { !$0.isNull } ?? false }
                if let useless { throw error(useless, "has an effect with login: start only; leave it out") }
                return .observe
            case "start"?:
                return .start(
                    ContactCenterOptions(
                        channels: try channels() ?? ["voice"], place: try filled("place"),
                        loginCode: try filled("login-code"), queue: try filled("queue"),
                        devicePath: try filled("device-path")))
            case let other?: throw error("login", "is \"\(other)\", but must be observe or start")
            }
        }

        private func channels() throws(ConfigurationError) -> [String]? {
            guard let value = node.mapping?["channels"], !value.isNull else { return nil }
            let names = value.sequence?.compactMap { $0.scalar?.string }.filter { !$0.isEmpty } ?? []
            guard !names.isEmpty, names.count == value.sequence?.count else {
                throw error("channels", "must be a list of names, like [voice]", at: value)
            }
            return names
        }

        private func filled(_ field: String) throws(ConfigurationError) -> String? {
            let text = try text(field)
            if text?.isEmpty == true { throw error(field, "is empty; leave it out") }
            return text
        }

        private func checkFields() throws(ConfigurationError) {
            guard let mapping = node.mapping else {
                throw ConfigurationError(
                    at: node.origin(path), "agents[\(index)]", "must be a mapping, like name: \"5001\"")
            }
            for (key, value) in mapping where !value.isNull {
                let name = key.scalar?.string ?? "?"
                guard AgentsFile.fields.contains(name) else {
                    let suggestion = ConfigurationError.suggestion(for: name, among: AgentsFile.fields)
                    throw error(name, "unknown field\(suggestion)", at: key)
                }
            }
        }

        private func password() throws(ConfigurationError) -> String {
            switch (try text("password-file"), try text("password-env")) {
            case (let file?, nil):
                let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
                return try PasswordFile.read(
                    file.hasPrefix("/") ? file : "\(directory)/\(file)", reading: reading)
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
