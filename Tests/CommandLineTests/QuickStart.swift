import Foundation
import TestSupport

/// The programs that `QuickStart.md` shows, run as it says.
struct QuickStart {
    enum Language: String, CaseIterable {
        case python, java, swift
    }

    enum Role: String {
        case producer, consumer
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let language: Language
    let role: Role
    /// As the page has it.
    let source: String
    /// How it is run.
    private let command: String
    private let directory: TemporaryDirectory

    init(_ role: Role, in language: Language) throws {
        self.language = language
        self.role = role
        let page = try Repository.text("Sources/Bridge/Bridge.docc/QuickStart.md")
        let section = try Self.part(of: page, under: "## A \(role.rawValue)\n", to: "\n## ")
        let part = try Self.part(of: section, under: "### \(language.rawValue.capitalized)\n", to: "\n### ")
        source = try Self.part(of: part, under: "```\(language.rawValue)\n", to: "```\n")
        command = try Self.part(of: part, under: "```sh\n", to: "\n```\n")
        directory = try TemporaryDirectory()
        if let file = command.firstMatch(of: /\w+\.(py|java)/) {
            try directory.write(source, to: String(file.0))
        }
    }

    private static func part(of text: String, under heading: String, to end: String) throws -> String {
        guard let start = text.range(of: heading)?.upperBound else {
            throw Missing(description: "QuickStart.md has no \"\(heading)\"")
        }
        let rest = text[start...]
        return String(rest[..<(rest.range(of: end)?.lowerBound ?? rest.endIndex)])
    }

    /// Runs it as the page says, with other names.
    func run(on broker: PrivateBroker, _ replacements: [String: String]) throws -> Program {
        var lines = command.split(separator: "\n").map(String.init)
        // So that it is the program itself that is ended.
        lines[lines.count - 1] = "exec " + lines[lines.count - 1]
        var command = lines.joined(separator: "\n")
        // It was built with the tests.
        command.replace("swift run ", with: try Program.directory + "/")
        for (name, replacement) in replacements { command.replace(name, with: replacement) }
        return try Program(
            ["-c", command], of: "/bin/sh", environment: ["AMQP_URL": broker.url], in: directory)
    }
}
